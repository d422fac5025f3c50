import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../../src/regress/random.ts'
import { examineStore } from '../../src/store/examine-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { DIALECTS, type DialectName } from '../../src/usage/dialects.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { askRun } from '../fixtures/gateway/questions.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const MAIN = join(ROOT, 'dist/cli/main.js')
const TIMES = Number(process.env.FORETOKEN_TEST_KILLS ?? 20)
const STREAMS = 40
const NAMES = Object.keys(DIALECTS) as DialectName[]

const folder = temporaryFolder()
const pace = seededRandom(3)
let upstream: ScriptedUpstream

/** Each request says by its number what its reply uses, so that the store can be held against it. */
const usageOf = (number: number) => ({
  input: 100 + number,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  reasoning: 0,
  output: 1000 + number,
})
const numberIn = (body: string): number => Number(/number (\d+)\./.exec(body)?.[1])

before(async () => {
  upstream = await scriptedUpstream({
    script: mendScript,
    usage: ({ body }) => usageOf(numberIn(body)),
    delayMs: () => pace.uniform() * 40,
  })
})
after(() => upstream.close())

interface Started {
  readonly child: ChildProcess
  readonly baseUrl: string
}

/** Starts the program, and waits until it has said where it listens. */
async function startGateway(cwd: string): Promise<Started> {
  const { url } = upstream
  const child = spawn(
    process.execPath,
    [MAIN, 'gateway', '--port', '0', '--format', 'json', '--db', 'store.db'],
    {
      cwd,
      env: {
        PATH: process.env.PATH,
        HOME: cwd,
        OPENAI_BASE_URL: `${url}/v1`,
        OPENAI_API_KEY: 'sk-openai-of-the-provider',
        ANTHROPIC_BASE_URL: url,
        ANTHROPIC_API_KEY: 'sk-anthropic-of-the-provider',
        GOOGLE_GEMINI_BASE_URL: url,
        GEMINI_API_KEY: 'gemini-of-the-provider',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let text = ''
  for await (const bytes of child.stdout) {
    text += String(bytes)
    if (text.endsWith('}\n')) break
  }
  const { run } = JSON.parse(text) as { run: { environment: { ANTHROPIC_BASE_URL: string } } }
  return { child, baseUrl: run.environment.ANTHROPIC_BASE_URL }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit')
  child.kill(signal)
  const [exit] = await ended
  return exit as number | null
}

/** Numbers of the requests whose clients got their replies to the end. */
async function askAll(baseUrl: string, whole: Set<number>, from: number): Promise<void> {
  const random = seededRandom(from)
  const ask = async (number: number): Promise<void> => {
    const dialect = NAMES[random.integer(NAMES.length)] as DialectName
    const asked = { text: `number ${number}.`, streams: random.uniform() < 0.7, maxOutput: null }
    const reply = await askRun(baseUrl, dialect, asked)
    const text = await reply.text()
    if (reply.ok && !text.includes('Foretoken: ')) whole.add(number)
  }
  await Promise.allSettled(Array.from({ length: STREAMS }, (_, i) => ask(from + i)))
}

/** What the store holds, and that it is sound. */
function contentsOf(cwd: string) {
  const store = openStore(join(cwd, 'store.db'), { create: false })
  assert.deepEqual(examineStore(store).problems, [])
  const calls = store.database
    .prepare<[], { input: number | null; output: number | null; incomplete: number; id: string }>(
      'SELECT calls.* FROM calls JOIN runs ON runs.row = calls.run',
    )
    .all()
  const endings = store.database
    .prepare<[], { ending: string; count: number }>(
      'SELECT ending, count(*) AS count FROM exchanges GROUP BY ending ORDER BY ending',
    )
    .all()
  store.close()
  return { calls, endings: new Map(endings.map(({ ending, count }) => [ending, count])) }
}

const journalsIn = (cwd: string): readonly string[] => readdirSync(join(cwd, 'gateway'))

describe('a gateway that is killed', () => {
  it(`with streams open, ${TIMES} times, has lost no call that ended, and tells of each that did not`, async (test) => {
    const random = seededRandom(11)
    const seen = { whole: 0, unfinished: 0 }
    for (let time = 0; time < TIMES; time++) {
      const about = `time ${time}`
      const cwd = join(folder, `killed-${time}`)
      mkdirSync(cwd)
      const before = upstream.received.length
      const { child, baseUrl } = await startGateway(cwd)
      const whole = new Set<number>()
      const asking = askAll(baseUrl, whole, time * 1000)
      // The moment is what is tried out: from the first requests to the last replies.
      await delay(random.uniform() * 500)
      await end(child, 'SIGKILL')
      await asking
      const asked = upstream.received.length - before
      const next = await startGateway(cwd)
      await end(next.child, 'SIGTERM')
      const { calls, endings } = contentsOf(cwd)
      const known = calls.filter(({ incomplete }) => incomplete === 0)
      const numbers = known.map(({ output }) => (output ?? 0) - 1000)
      for (const number of whole) assert.ok(numbers.includes(number), `${about}: ${number} is lost`)
      assert.equal(new Set(numbers).size, numbers.length, about)
      for (const { input, output } of known) assert.equal((output ?? 0) - (input ?? 0), 900, about)
      const unfinished = endings.get('unfinished') ?? 0
      assert.equal(calls.length - known.length, unfinished, about)
      assert.equal((endings.get('ok') ?? 0) + unfinished, calls.length, about)
      assert.equal(new Set(calls.map(({ id }) => id)).size, calls.length, about)
      // One that is written down may not have reached the provider; none reaches it unwritten.
      assert.ok(calls.length >= asked && calls.length <= STREAMS, `${about}: ${calls.length} of ${asked}`)
      assert.deepEqual(journalsIn(cwd), [], about)
      seen.whole += whole.size
      seen.unfinished += unfinished
    }
    test.diagnostic(`${seen.whole} calls had ended, ${seen.unfinished} were open`)
    assert.ok(seen.whole > TIMES && seen.unfinished > TIMES)
  })
})

describe('a gateway that is told to end', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`by ${signal}, has everything in the store when it has ended, and no journal left`, async () => {
      const cwd = join(folder, signal)
      mkdirSync(cwd)
      const { child, baseUrl } = await startGateway(cwd)
      const { hostname, port, pathname } = new URL(baseUrl)
      // A client whose request never comes to its end.
      const slow = connect(Number(port), hostname)
      slow.on('error', () => {})
      slow.write(`POST ${pathname}/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"model":`)
      const whole = new Set<number>()
      const before = upstream.received.length
      const asking = askAll(baseUrl, whole, 500_000)
      while (upstream.received.length - before < STREAMS || whole.size < STREAMS / 4) await delay(5)
      const startMs = performance.now()
      assert.equal(await end(child, signal), 130)
      assert.ok(performance.now() - startMs < 10_000, 'it took too long')
      await asking
      const { calls, endings } = contentsOf(cwd)
      const known = new Set(
        calls.filter(({ incomplete }) => incomplete === 0).map(({ output }) => (output ?? 0) - 501_000),
      )
      for (const number of whole) assert.ok(known.has(number - 500_000), `${number} is lost`)
      assert.equal((endings.get('ok') ?? 0) + (endings.get('cut') ?? 0), STREAMS)
      assert.equal(endings.get('unfinished'), undefined)
      assert.deepEqual(journalsIn(cwd), [])
      slow.destroy()
    })
  }
})
