import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { builtCli, ROOT } from '../fixtures/built-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

describe('train', () => {
  it('makes the bundle that is shipped, byte for byte, from the tables that are', async () => {
    const cwd = temporaryFolder()
    const { exit, stdout, stderr } = await builtCli(['train', '--models', 'models'], { cwd })
    assert.deepEqual([exit, stderr], [0, ''])
    assert.match(stdout, /models.verified-1: 401 tasks, 9 pairs\n$/)
    for (const name of ['model.json', 'card.md']) {
      const [made, shipped] = [cwd, ROOT].map((folder) =>
        readFileSync(join(folder, 'models/verified-1', name), 'utf8'),
      )
      assert.ok(made === shipped, `${name} is another: run \`npm run foretoken train\``)
    }
    const asJson = ['train', '--models', 'models', '--format', 'json']
    const { exit: second, stdout: json } = await builtCli(asJson, { cwd })
    const { data } = JSON.parse(readFileSync(join(cwd, 'models/verified-1/model.json'), 'utf8')).bundle
    const told = { bundle: 'verified-1', place: join(cwd, 'models/verified-1'), tasks: 401, pairs: 9, data }
    assert.deepEqual([second, JSON.parse(json)], [0, told])
  })

  it('ends soon when it is interrupted, and writes nothing', async () => {
    const cwd = temporaryFolder()
    const data = join(cwd, 'data')
    cpSync(join(ROOT, 'data'), data, { recursive: true })
    // The last table is a pipe: it is written, and the signal sent, when the program has come to read it.
    rmSync(join(data, 'ideas.csv'), { force: true })
    spawnSync('mkfifo', [join(data, 'ideas.csv')])
    const args = [join(ROOT, 'dist/cli/main.js'), 'train', '--data', 'data', '--models', 'models']
    const child = spawn(process.execPath, args, { cwd })
    await writeFile(join(data, 'ideas.csv'), 'idea\n')
    const start = performance.now()
    child.kill('SIGINT')
    const [exit] = await once(child, 'close')
    assert.equal(exit, 130)
    assert.ok(performance.now() - start < 10_000)
    assert.equal(existsSync(join(cwd, 'models')), false)
  })
})
