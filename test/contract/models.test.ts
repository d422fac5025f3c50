import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BUNDLE_ID, MODELS, syntheticModels, writeBundle } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const models = await syntheticModels()
const text = readFileSync(join(models, BUNDLE_ID, 'model.json'), 'utf8')

describe('models list', () => {
  it('lists every bundle of the folder', async () => {
    const { exit, stdout } = await cli(['models', 'list', '--models', models])
    assert.deepEqual(
      [exit, stdout],
      [0, `* ${BUNDLE_ID}  80 tasks, 3 agents with models, data abababababab\n`],
    )
    const json = await cli(['models', 'list', '--models', models, '--format', 'json'])
    assert.deepEqual(JSON.parse(json.stdout), {
      schema: 'models/1',
      models: [{ id: BUNDLE_ID, tasks: 80, pairs: 3, data: 'abababababab', inForce: true }],
    })
  })

  it('fails for a folder without bundles, and names one that is damaged', async () => {
    const none = await cli(['models', 'list', '--models', temporaryFolder()])
    assert.deepEqual([none.exit, none.stdout], [2, ''])
    assert.match(none.stderr, /^error: No such model bundle: any in .*\n→ /)
    const folder = temporaryFolder()
    writeBundle(folder, 'fine', text)
    writeBundle(folder, 'torn', text.slice(0, 1000))
    const torn = await cli(['models', 'list', '--models', folder, '--format', 'json'])
    assert.equal(torn.exit, 2)
    assert.equal(JSON.parse(torn.stdout).error.code, 'bundle-corrupt')
    assert.match(JSON.parse(torn.stdout).error.detail, /torn.model\.json/)
  })
})

describe('models show', () => {
  it('tells what a bundle knows', async () => {
    const { exit, stdout } = await cli(['models', 'show', '--models', models])
    assert.equal(exit, 0)
    assert.match(stdout, /^synthetic-1: 80 tasks of 4 repositories, data abababababab\n/)
    for (const model of MODELS)
      assert.match(stdout, new RegExp(`^ {2}openhands · ${model} {2}\\(80 tasks, means of 4 runs\\)$`, 'm'))
    assert.ok(stdout.endsWith(`card: ${join(models, BUNDLE_ID, 'card.md')}\n`))
  })

  it('tells it to programs with the facts of each pair', async () => {
    const { stdout } = await cli(['models', 'show', BUNDLE_ID, '--models', models, '--format', 'json'])
    const answer = JSON.parse(stdout)
    assert.deepEqual(Object.keys(answer), ['schema', 'id', 'data', 'tasks', 'pairs', 'repositories'])
    assert.deepEqual([answer.schema, answer.id, answer.pairs.length], ['model/1', BUNDLE_ID, 3])
    assert.deepEqual(answer.repositories, ['acme/anvil', 'acme/bellows', 'acme/crucible', 'acme/drill'])
  })

  it('fails for a bundle that is not there and says which are', async () => {
    const { exit, stderr } = await cli(['models', 'show', 'nope', '--models', models])
    assert.equal(exit, 2)
    assert.match(stderr, /^error: No such model bundle: nope in .*\n→ there is synthetic-1\n$/)
  })
})

describe('train', () => {
  it('refuses an id that is a path, a seed that is no number, and a folder without tables, and writes nothing', async () => {
    const folder = temporaryFolder()
    const refused = async (named: RegExp, ...args: string[]) => {
      const { exit, stdout, stderr } = await cli(['train', '--models', folder, ...args], { cwd: folder })
      assert.deepEqual([exit, stdout], [2, ''])
      assert.match(stderr, named)
      assert.deepEqual(readdirSync(folder), [])
    }
    await refused(/--id "\.\.\/x": expected lower-case/, '--id', '../x')
    await refused(/--seed "much"/, '--seed', 'much')
    await refused(/No such file: .*absent.tasks\.csv\n→/, '--data', 'absent')
  })
})
