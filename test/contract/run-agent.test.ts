import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { openStore } from '../../src/store/open-store.ts'
import { ALL_RUNS, readRuns } from '../../src/store/read-runs.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { budgetText } from '../fixtures/gate.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { MODELS, syntheticModels } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const [GPT] = MODELS
const SECRETS = {
  OPENAI_API_KEY: 'sk-secret-of-openai-0123456789',
  ANTHROPIC_API_KEY: 'sk-ant-secret-0123456789',
  ANTHROPIC_AUTH_TOKEN: 'secret-token-0123456789',
  GEMINI_API_KEY: 'secret-of-gemini-0123456789',
  GOOGLE_API_KEY: 'secret-of-google-0123456789',
}

/** An agent that asks so often, notes what it was answered and what it finds in its environment, and ends so. */
const AGENT = `
import { writeFileSync } from 'node:fs'
const [times, exit] = process.argv.slice(2).map(Number)
process.on('SIGTERM', () => { writeFileSync('ended.txt', 'SIGTERM'); process.exit(5) })
const statuses = []
for (let i = 0; i < times; i++) {
  const reply = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY },
    body: JSON.stringify({ model: '${GPT}', messages: [{ role: 'user', content: 'number ' + i }] }),
  })
  await reply.text()
  statuses.push(reply.status)
}
writeFileSync('told.json', JSON.stringify({ statuses, env: process.env }))
console.log('{"of": "the agent"}')
if (exit === -1) { console.error('ready'); setInterval(() => {}, 1000) }
else process.exit(exit)
`

let upstream: ScriptedUpstream
before(async () => {
  upstream = await scriptedUpstream({ script: mendScript })
})
after(() => upstream.close())

function folder(): string {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'agent.mjs'), AGENT)
  return cwd
}

const env = () => ({
  PATH: process.env.PATH,
  ...SECRETS,
  FORETOKEN_OPENAI_URL: `${upstream.url}/v1`,
  FORETOKEN_DB: 'store.db',
})

/** The agent's command line: how often it asks, and its exit code; -1 = it goes on until it is told to end. */
const agent = (times: number, exit = 0) => ['--', process.execPath, 'agent.mjs', String(times), String(exit)]

const run = (cwd: string, ...args: readonly string[]) => cli(['run', ...args], { cwd, env: env() })

/** The program in a process of its own, as the agent's output can be seen there alone. */
function program(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/main.ts'), 'run', ...args], {
    cwd,
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = Promise.all([buffer(child.stdout), buffer(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [exit]]) => ({ exit, stdout: String(stdout), stderr: String(stderr) }),
  )
  return { child, ended }
}

const told = (cwd: string): { statuses: number[]; env: Record<string, string> } =>
  JSON.parse(readFileSync(join(cwd, 'told.json'), 'utf8'))

function keptIn(cwd: string) {
  const store = openStore(join(cwd, 'store.db'), { create: false })
  const runs = [...readRuns(store, ALL_RUNS)]
  store.close()
  return runs
}

describe('foretoken run', () => {
  it('ends as its command did, with the bill, and keeps the run', async () => {
    const cwd = folder()
    for (const exit of [0, 7]) {
      const { exit: ended, stderr, stdout } = await run(cwd, ...agent(2, exit))
      assert.equal(ended, exit, stderr)
      assert.equal(stdout, '')
      assert.match(
        stderr,
        /\nall tokens +[\d.]+ k\n(.*\n)*\nforecast {2}none: no task was named → name it with --task/,
      )
      assert.match(stderr, new RegExp(`\nrun {7}exit ${exit} · kept as [0-9a-f]{12}\n`))
    }
    const sum = upstream.served.reduce((all, { output }) => all + (output ?? 0), 0)
    const runs = keptIn(cwd)
    assert.deepEqual(
      runs.map(({ calls, outcome }) => [calls, outcome]),
      [
        [2, null],
        [2, null],
      ],
    )
    assert.equal(
      runs.reduce((all, { usage }) => all + (usage.output ?? 0), 0),
      sum,
    )
    assert.deepEqual(readdirSync(join(cwd, 'gateway')), [])
  })

  it('answers in one document of JSON, whatever the command prints', async () => {
    const cwd = folder()
    const { exit, stdout, stderr } = await program(cwd, ['--format', 'json', ...agent(1, 3)]).ended
    const bill = JSON.parse(stdout)
    assert.deepEqual([exit, bill.schema, bill.exit, bill.actual.calls.amount], [3, 'bill/1', 3, 1])
    assert.match(stderr, /\{"of": "the agent"\}/)
    assert.equal(keptIn(cwd)[0]?.id, bill.run)
  })

  it('gives its command the run’s own key, and none of a provider’s', async () => {
    const cwd = folder()
    assert.equal((await run(cwd, ...agent(1))).exit, 0)
    const { env, statuses } = told(cwd)
    assert.deepEqual(statuses, [200])
    const text = JSON.stringify(env)
    for (const secret of Object.values(SECRETS)) assert.ok(!text.includes(secret), secret)
    const keys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'].map(
      (name) => env[name],
    )
    assert.equal(new Set(keys).size, 1)
    assert.match(keys[0] ?? '', /^ftk_/)
    assert.equal(upstream.received.at(-1)?.headers.authorization, `Bearer ${SECRETS.OPENAI_API_KEY}`)
  })

  it('exits with 1 over budget, whatever its command says, and tells it of the run', async () => {
    const cwd = folder()
    const { exit, stderr } = await run(cwd, '--max-calls', '2', ...agent(4))
    assert.equal(exit, 1)
    assert.deepEqual(told(cwd).statuses, [200, 200, 429, 401])
    assert.match(stderr, /warning: 50 % of the limit of calls are spent\n/)
    assert.equal(stderr.match(/over budget: the budget is used up: 2 of 2 calls are spent/g)?.length, 1)
    assert.match(stderr, /\ncalls +2 +2\n(.*\n)*run {7}over budget: calls were refused · exit 0/)
    assert.deepEqual(
      keptIn(cwd).map(({ outcome, calls }) => [outcome, calls]),
      [['budget-exhausted', 2]],
    )
  })

  it('refuses a limit in dollars for a model without a price, before anything is started', async () => {
    const cwd = folder()
    const { exit, stderr } = await run(cwd, '--max-usd', '1', '--model', 'nobody-knows', ...agent(0))
    assert.equal(exit, 3)
    assert.match(stderr, /A budget in dollars cannot be kept/)
    assert.ok(!readdirSync(cwd).includes('told.json'))
    assert.deepEqual(readdirSync(join(cwd, 'gateway')), [])
  })

  it('says of each bad flag, and of a command that is missing or cannot be started, what is wrong', async () => {
    const cwd = folder()
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /nothing to run\n→ name a task or a plan/],
      [['--'], /missing required argument 'command'/],
      [['--', 'no-such-command-here'], /The command cannot be started: no-such-command-here \(ENOENT\)/],
      [['--max-usd', 'much', '--', 'true'], /--max-usd "much": expected dollars/],
      [['--max-usd', '-1', '--', 'true'], /--max-usd "-1": expected dollars/],
      [['--max-calls', '1.5', '--', 'true'], /--max-calls "1.5": expected a whole number/],
      [['--max-seconds', '0', '--', 'true'], /--max-seconds "0": expected seconds above 0/],
      [['--max-weighted', '3 apples <= 5', '--', 'true'], /"3 apples" in the formula/],
      [['--record', 'a', '--replay', 'b', '--', 'true'], /--record and --replay at once/],
      [['--cap', 'none.json', '--', 'true'], /No such file: none\.json/],
      [['--max-everything', '1', '--', 'true'], /unknown option '--max-everything'/],
    ]
    for (const [args, message] of wrong) {
      const { exit, stderr, stdout } = await run(cwd, ...args)
      assert.equal(exit, 2, stderr)
      assert.match(stderr, message)
      assert.equal(stdout, '')
    }
    for (const name of readdirSync(cwd))
      if (name === 'gateway') assert.deepEqual(readdirSync(join(cwd, name)), [])
  })

  it('passes a signal on, waits for its command, and keeps what was spent', async () => {
    const cwd = folder()
    const { child, ended } = program(cwd, ['--format', 'json', ...agent(1, -1)])
    child.stderr.on('data', (bytes) => {
      if (String(bytes).includes('ready')) child.kill('SIGTERM')
    })
    const { exit, stdout } = await ended
    assert.deepEqual([exit, JSON.parse(stdout).exit], [5, 5])
    assert.equal(readFileSync(join(cwd, 'ended.txt'), 'utf8'), 'SIGTERM')
    assert.deepEqual(
      keptIn(cwd).map(({ calls }) => calls),
      [1],
    )
    assert.deepEqual(readdirSync(join(cwd, 'gateway')), [])
  })

  it('ends a command whose time is up, and exits with 1', async () => {
    const cwd = folder()
    const { exit, stdout, stderr } = await program(cwd, [
      '--max-seconds',
      '2',
      '--format',
      'json',
      ...agent(1, -1),
    ]).ended
    assert.equal(exit, 1, stderr)
    const bill = JSON.parse(stdout)
    assert.equal(bill.outcome, 'budget-exhausted')
    assert.match(stderr, /over budget: the time is up: the run had 2 seconds/)
    assert.deepEqual(
      keptIn(cwd).map(({ outcome }) => outcome),
      ['budget-exhausted'],
    )
  })

  it('shows the forecast beside what was spent, and keeps to the cap that the gate wrote', async () => {
    const cwd = folder()
    const models = await syntheticModels()
    writeFileSync(join(cwd, 'a.md'), '# Rows are lost\n\nJoining `tables` with itself loses rows.\n')
    writeFileSync(
      join(cwd, 'budget.json'),
      budgetText([{ name: 'a task', perTask: { usd: 1e6, totalTokens: 1e9 } }]),
    )
    const gate = ['gate', 'a.md', '--models', models, '--model', GPT, '--emit-cap', 'cap.json']
    const passed = await cli(gate, { cwd, env: { FORETOKEN_CACHE: join(cwd, 'cache') } })
    assert.equal(passed.exit, 0, passed.stderr)
    const asked = [
      '--task',
      'a.md',
      '--models',
      models,
      '--model',
      GPT,
      '--cap',
      'cap.json',
      '--format',
      'json',
    ]
    const { exit, stdout, stderr } = await run(cwd, ...asked, ...agent(1))
    assert.equal(exit, 0, stderr)
    const bill = JSON.parse(stdout)
    assert.equal(bill.forecast.model, GPT)
    assert.ok(bill.forecast.totalTokens.p50 > 0 && bill.actual.total.amount > 0)
    const cap = JSON.parse(readFileSync(join(cwd, 'cap.json'), 'utf8')).caps[0]
    const limits = bill.caps.map(({ of, limit }: { of: string; limit: string }) => [of, limit])
    assert.deepEqual(Object.fromEntries(limits).totalTokens, String(cap.totalTokens))
    // Of the cap and a flag, the lower one holds.
    const lower = await run(cwd, ...asked, '--max-total-tokens', '5_000', ...agent(4))
    assert.equal(lower.exit, 1)
    assert.ok(JSON.parse(lower.stdout).caps.some(({ limit }: { limit: string }) => limit === '5000'))
  })
})
