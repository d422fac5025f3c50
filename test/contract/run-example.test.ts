import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { before, describe, it } from 'node:test'
import { readCassette } from '../../src/gateway/cassette/read-cassette.ts'
import { exampleUpstream } from '../fixtures/gateway/example-upstream.ts'
import { golden } from '../fixtures/golden.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '../..')
const CASSETTE = 'data/examples/ask.jsonl'
const AGENT = ['--', 'node', 'data/examples/ask.mjs']
const EXAMPLE = ['run', '--replay', CASSETTE, '--task', 'data/examples/batch-rereads.md', ...AGENT]

/** Runs the program as a reader of the README does, without a key; what it says goes to one text, as on a terminal. */
async function shown(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const home = temporaryFolder()
  const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', 'node', 'src/cli/main.ts', ...args], {
    cwd: ROOT,
    env: {
      ...{ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home, COLUMNS: '80' },
      ...{ FORETOKEN_DB: join(home, 'runs.db'), FORETOKEN_CACHE: join(home, 'cache'), ...env },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = new Promise<number | null>((done) => child.on('close', done))
  return { said: await text(child.stdout), exit: await exit }
}

/** As it was said, with the time and the run's id of the README. */
const steady = (said: string): string =>
  said.replace(/^(time .*?)\d+\.\d s$/m, '$10.3 s').replace(/kept as [0-9a-f]{12}/, 'kept as e513f410e540')

describe('the example of a run', () => {
  before(async () => {
    // It tells when it was recorded: it is another file each time.
    if (!process.env.RECORD_EXAMPLE) return
    const upstream = await exampleUpstream()
    const record = ['run', '--record', CASSETTE, '--replace', '--openai-url', `${upstream.url}/v1`, ...AGENT]
    const { exit, said } = await shown(record, { OPENAI_API_KEY: 'key-of-nobody' })
    upstream.close()
    assert.equal(exit, 0, said)
  })

  it('is replayed without a key, and shows what the README shows of it', async () => {
    const { said, exit } = await shown(EXAMPLE)
    assert.equal(exit, 0, said)
    golden('run-example.txt', steady(said))
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    assert.ok(
      readme.includes(`\`\`\`console\n$ npx foretoken ${EXAMPLE.join(' ')}\n${steady(said)}\`\`\`\n`),
      'the README shows another run of the example',
    )
  })

  it('asks exactly what was recorded', async () => {
    const { said, exit } = await shown([
      ...EXAMPLE.slice(0, 3),
      '--matching',
      'strict',
      '--no-store',
      ...AGENT,
    ])
    assert.equal(exit, 0, said)
    assert.match(said, /^replay +3 replies, all to the same request$/m)
  })

  it('is a small agent, and a cassette without traces of where it was recorded', async () => {
    assert.ok(readFileSync(join(ROOT, 'data/examples/ask.mjs'), 'utf8').split('\n').length <= 41)
    const written = readFileSync(join(ROOT, CASSETTE), 'utf8')
    assert.doesNotMatch(written, /key-of-nobody|ftk_|127\.0\.0\.1|\/tmp\/|\/home\//)
    const { exchanges, notes } = await readCassette(join(ROOT, CASSETTE))
    assert.deepEqual([exchanges.length, notes], [3, []])
  })
})
