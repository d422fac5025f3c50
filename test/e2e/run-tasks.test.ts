import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { PlanRunDocument } from '../../src/report/plan-run/plan-run-document.ts'
import { AttemptRecord } from '../../src/runner/attempt/attempt-record.ts'
import { localSandbox } from '../../src/sandbox/local/local-sandbox.ts'
import { builtCli, ROOT } from '../fixtures/built-cli.ts'
import { commandLine } from '../fixtures/command-line.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { tasksUpstream } from '../fixtures/gateway/tasks-upstream.ts'
import { writeAgent, writePlan, writeTask } from '../fixtures/planned-work.ts'
import { keptBy, runTasks, startTasks } from '../fixtures/tasks-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const TASKS = join(ROOT, 'data/tasks')
const NOWHERE = 'http://127.0.0.1:9'

const complaints = await localSandbox().check()
const skip = complaints.length > 0 ? complaints.map(({ missing }) => missing).join('; ') : false

/** One attempt by an agent that runs a script; with what is said otherwise of task, agent and command line. */
async function attempt(
  script: string,
  more: {
    readonly task?: Readonly<Record<string, unknown>>
    readonly plan?: Readonly<Record<string, unknown>>
    readonly upstream?: string
  } = {},
): Promise<{
  readonly exit: number | null
  readonly document: PlanRunDocument
  readonly records: AttemptRecord[]
}> {
  const cwd = temporaryFolder()
  writePlan(cwd, { tasks: ['own'], agents: ['./own.yaml'], retries: 0, ...more.plan })
  writeTask(cwd, 'own', more.task)
  writeAgent(cwd, { name: 'own', version: ['true'], command: ['sh', '-c', script, '{issue_file}'] })
  const { exit, document } = await runTasks(cwd, more.upstream ?? upstream.url, ['plan.yaml'])
  const records = keptBy(cwd).attempts.map(({ document }) => AttemptRecord.parse(document))
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith(`foretoken-${document.id.replace(/^.*-/, '')}.`)),
    [],
  )
  return { exit, document, records }
}

const ASKS =
  'curl -s -o reply -d \'{"model":"gpt-5","messages":[{"role":"user","content":"hi"}]}\' "$OPENAI_BASE_URL/chat/completions"'

let upstream: ScriptedUpstream
before(async () => {
  upstream = await scriptedUpstream({ script: mendScript })
})
after(() => upstream.close())

describe('foretoken run, of tasks', { skip }, () => {
  before(async () => {
    // It tells when it was recorded: it is another file each time.
    if (!process.env.RECORD_EXAMPLE) return
    const model = await tasksUpstream()
    const args = [
      'run',
      TASKS,
      '--model',
      'gpt-5',
      '--concurrency',
      '1',
      '--record',
      join(TASKS, 'replay.jsonl'),
    ]
    const env = { OPENAI_API_KEY: 'key-of-nobody', FORETOKEN_OPENAI_URL: `${model.url}/v1` }
    const { exit, stderr } = await builtCli([...args, '--replace'], { cwd: temporaryFolder(), env })
    model.close()
    assert.equal(exit, 0, stderr)
  })

  it('runs the shipped tasks with a replayed model and without any service: the hidden check decides', async () => {
    const cwd = temporaryFolder()
    const args = [TASKS, '--model', 'gpt-5', '--replay', join(TASKS, 'replay.jsonl')]
    const { exit, document, stderr } = await runTasks(cwd, NOWHERE, args)
    assert.equal(exit, 0, stderr)
    const outcomes = Object.fromEntries(document.results.map(({ task, outcome }) => [task, outcome]))
    assert.deepEqual(outcomes, {
      'csv-line-breaks': 'resolved',
      'fair-split': 'resolved',
      'version-order': 'failed',
    })
    const { runs, attempts } = keptBy(cwd)
    assert.deepEqual(
      runs
        .map(({ calls, outcome, agent, conditions }) => [calls, outcome, agent, conditions.multiplier])
        .sort(),
      [
        [4, 'failed', 'builtin', 4],
        [4, 'resolved', 'builtin', 4],
        [4, 'resolved', 'builtin', 4],
      ],
    )
    assert.ok((document.forecast.usd?.mean ?? 0) > 0)
    assert.equal(
      document.actual.totalTokens,
      runs.reduce(
        (sum, { usage }) => sum + (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.output ?? 0),
        0,
      ),
    )
    assert.equal(attempts.length, 3)
  })

  it('shows what the README shows of it', async () => {
    const args = ['run', 'data/tasks', '--model', 'gpt-5', '--replay', 'data/tasks/replay.jsonl']
    const database = join(temporaryFolder(), 'foretoken.db')
    const env = { FORETOKEN_DB: database, COLUMNS: '80' }
    const { exit, stdout, stderr } = await builtCli(args, { cwd: ROOT, env })
    assert.equal(exit, 0, stderr)
    const shown = `$ npx foretoken ${args.join(' ')}\n${stdout.replace(database, '.foretoken/foretoken.db')}`
    const [, block = ''] = /```console\n(\$ npx foretoken run data\/tasks [\s\S]*?)```/.exec(readme()) ?? []
    assert.equal(steady(shown), steady(block))
  })

  it('has a recording without traces of where it was made', () => {
    const recording = readFileSync(join(TASKS, 'replay.jsonl'), 'utf8')
    assert.equal(recording.trim().split('\n').length, 1 + 12)
    assert.doesNotMatch(recording, /key-of-nobody|ftk_|127\.0\.0\.1|\/tmp\/|\/home\//)
  })

  it('asks of a recorded model exactly what was recorded', async () => {
    const args = [TASKS, '--model', 'gpt-5', '--replay', join(TASKS, 'replay.jsonl'), '--matching', 'strict']
    const { document } = await runTasks(temporaryFolder(), NOWHERE, args)
    assert.deepEqual([document.outcomes.resolved, document.outcomes.failed], [2, 1])
  })

  it('tells from each other how runs end', async () => {
    const cases = {
      resolved: await attempt('cat "$0" >answer.txt'),
      'a wrong answer': await attempt('echo no >answer.txt'),
      'exit 3': await attempt('cat "$0" >answer.txt; exit 3'),
      'killed by itself, which is no OOM': await attempt('kill -9 $$'),
      'a command that is not there': await attempt('no-such-command'),
      'time-out': await attempt('trap "" TERM; sleep 60 & wait; sleep 60', {
        task: { timeLimits: { setupSeconds: 5, agentSeconds: 1, checkSeconds: 5 } },
      }),
      'a check that hangs': await attempt('true', {
        task: {
          check: { command: 'sleep 60' },
          timeLimits: { setupSeconds: 5, agentSeconds: 5, checkSeconds: 1 },
        },
      }),
      'out of memory': await attempt('tail /dev/zero', {
        task: { resources: { memoryMib: { floor: 32, ceiling: 32 } } },
      }),
      'a set-up that fails': await attempt('cat "$0" >answer.txt', { task: { setup: 'exit 7' } }),
    }
    const ends = Object.entries(cases).map(([name, { exit, records }]) => {
      const [record] = records
      return [name, record?.outcome, record?.infraReason ?? record?.facts?.exit ?? null, exit]
    })
    assert.deepEqual(ends, [
      ['resolved', 'resolved', 0, 0],
      ['a wrong answer', 'failed', 0, 0],
      ['exit 3', 'failed', 3, 0],
      ['killed by itself, which is no OOM', 'failed', 137, 0],
      ['a command that is not there', 'failed', 127, 0],
      ['time-out', 'timed-out', null, 0],
      ['a check that hangs', 'failed', 0, 0],
      ['out of memory', 'infra-error', 'the memory was used up: 1 OOM kill', 4],
      ['a set-up that fails', 'infra-error', 'the set-up ended with 7', 4],
    ])
  })

  it('ends a run whose budget is used up, which is an outcome', async () => {
    const { exit, records } = await attempt(`${ASKS}; ${ASKS}; cat "$0" >answer.txt`, {
      plan: { budget: { perRun: { calls: 1 } } },
    })
    assert.deepEqual([records[0]?.outcome, records[0]?.spent?.calls, exit], ['budget-exhausted', 1, 1])
  })

  it('starts nothing further when the budget of all is used up, and goes on when it is raised', async () => {
    const cwd = temporaryFolder()
    writePlan(cwd, { repeats: 3, concurrency: 1 })
    const { exit, document } = await runTasks(cwd, upstream.url, ['plan.yaml', '--max-calls', '2'])
    assert.equal(exit, 1)
    assert.equal(document.left, 'the budget of all runs is used up')
    assert.deepEqual([document.results.length, document.outcomes['budget-exhausted']], [3, 1])
    const more = await runTasks(cwd, upstream.url, ['--resume', '--max-calls', '100'])
    assert.equal(more.document.id, document.id)
    assert.deepEqual([more.document.left, more.document.results.length], [null, 6])
  })

  it('tries again what the provider ended, as further attempts, and tells of each', async () => {
    const { exit, document, records } = await attempt(`${ASKS}; exit 4`, {
      plan: { retries: 1 },
      upstream: NOWHERE,
    })
    assert.equal(exit, 4)
    assert.deepEqual([document.planned, document.attempts, document.infraErrors], [1, 2, 2])
    assert.deepEqual(
      records.map(({ place, outcome, infraReason }) => [place, outcome, infraReason]),
      [
        [1, 'infra-error', 'openai did not answer to the end'],
        [2, 'infra-error', 'openai did not answer to the end'],
      ],
    )
    assert.equal(new Set(records.map(({ id }) => id)).size, 2)
  })

  it('ends a run that the gateway is lost to as an infra error', async () => {
    const cwd = sleepers(2.75)
    const run = startTasks(cwd, upstream.url, [
      'plan.yaml',
      '--retries',
      '0',
      '--repeats',
      '1',
      '--format',
      'json',
    ])
    await running(cwd, 1)
    // The agent runs; what hands its calls on from the sandbox to the socket of the run is ended.
    await until(() => processWith('sleep\0', '2.75'))
    process.kill(await until(() => processWith(`${workOf(cwd)}/`, 'gateway.sock', 'forward.')), 'SIGKILL')
    const { exit, stdout } = await run.ended
    const { results } = JSON.parse(stdout) as PlanRunDocument
    assert.equal(exit, 4)
    assert.deepEqual(
      results.map(({ outcome, infraReason }) => [outcome, infraReason]),
      [['infra-error', 'the way to the gateway was lost']],
    )
  })

  it('awaits and records what runs when it is interrupted, and is resumed with the rest', async () => {
    const cwd = sleepers()
    const first = startTasks(cwd, upstream.url, ['plan.yaml'])
    await running(cwd, 1)
    first.child.kill('SIGINT')
    const { exit, stderr } = await first.ended
    assert.equal(exit, 130, stderr)
    assert.match(stderr, /nothing further is started/)
    assert.deepEqual(
      keptBy(cwd).attempts.map(({ outcome }) => outcome),
      ['resolved', 'resolved'],
    )
    const { document } = await runTasks(cwd, upstream.url, ['--resume'])
    assert.deepEqual([document.results.length, document.attempts, document.left], [4, 4, null])
  })

  it('ends and records what runs when it is interrupted twice', async () => {
    const cwd = sleepers(30)
    const first = startTasks(cwd, upstream.url, ['plan.yaml'])
    await running(cwd, 2)
    first.child.kill('SIGINT')
    await setTimeout(300)
    first.child.kill('SIGINT')
    const { exit, stderr } = await first.ended
    assert.equal(exit, 130, stderr)
    const { attempts, runs } = keptBy(cwd)
    assert.deepEqual(
      attempts.map(({ outcome, infraReason }) => [outcome, infraReason]),
      [
        ['infra-error', 'the run was stopped'],
        ['infra-error', 'the run was stopped'],
      ],
    )
    assert.deepEqual(new Set(runs.map(({ outcome }) => outcome)), new Set(['infra-error']))
    // Other tests may leave what is theirs at the same time.
    const swept = await localSandbox().sweep()
    assert.deepEqual(
      swept.filter((run) => attempts.some(({ id }) => run.startsWith(id))),
      [],
    )
  })

  it('refuses to resume a plan that another process runs, or that asks for other runs by now', async () => {
    const cwd = sleepers(3)
    const first = startTasks(cwd, upstream.url, ['plan.yaml'])
    await running(cwd, 1)
    const busy = await startTasks(cwd, upstream.url, ['--resume']).ended
    assert.equal(busy.exit, 2)
    assert.match(busy.stderr, /The plan is being run: \S+ is run by process \d+/)
    first.child.kill('SIGINT')
    await first.ended
    // What the other one was doing was left alone.
    assert.deepEqual(new Set(keptBy(cwd).attempts.map(({ outcome }) => outcome)), new Set(['resolved']))
    sleepersIn(cwd, { repeats: 9 })
    const other = await startTasks(cwd, upstream.url, ['--resume']).ended
    assert.match(other.stderr, /asks for other runs than when it was started/)
  })

  it('tells what it would run and spend, and runs nothing, when it is only asked', async () => {
    const cwd = temporaryFolder()
    writePlan(cwd, { multipliers: [1, 'uncapped'] })
    const { exit, stdout, stderr } = await startTasks(cwd, upstream.url, ['plan.yaml', '--dry-run']).ended
    assert.equal(exit, 0, stderr)
    assert.equal(stdout.trim().split('\n').length, 4)
    assert.match(stderr, /^4 runs: 2 tasks × scribe × gpt-5 × 2 multipliers · local, as many at once/)
    assert.ok(!existsSync(join(cwd, 'store.db')))
    assert.ok(!existsSync(join(cwd, 'plans')))
  })

  it('gives each run its floor, and the floor times the multiplier as its ceiling', async () => {
    const { records } = await attempt('cat "$0" >answer.txt', { plan: { multipliers: [1, 3, 'uncapped'] } })
    const told = records
      .map(({ multiplier, floor, ceiling }) => [multiplier, floor.cpus, ceiling.cpus, ceiling.memoryBytes])
      .sort((a, b) => String(a[0]).localeCompare(String(b[0])))
    const MIB = 2 ** 20
    assert.deepEqual(told, [
      [1, 0.5, 0.5, 64 * MIB],
      [3, 0.5, 1.5, 192 * MIB],
      ['uncapped', 0.5, null, null],
    ])
  })
})

const readme = (): string => readFileSync(join(ROOT, 'README.md'), 'utf8')

/** Without what is another each time: how long it took, and the id of the plan. */
const steady = (text: string): string =>
  text.replace(/ +\d+\.\d s$/gm, ' (time)').replace(/plan \d{8}-\d{6}-[0-9a-f]{6}/, 'plan (id)')

/** A plan of four runs, two at once, each of which sleeps for so many seconds. */
function sleepers(seconds = 2): string {
  const cwd = temporaryFolder()
  sleepersIn(cwd, {}, seconds)
  return cwd
}

function sleepersIn(cwd: string, more: Readonly<Record<string, unknown>>, seconds = 2): void {
  const plan = { tasks: ['easy'], agents: ['./sleeper.yaml'], repeats: 4, concurrency: 2 }
  writePlan(cwd, { ...plan, ...more })
  const script = `sleep ${seconds}; cat "$0" >answer.txt`
  writeAgent(cwd, { name: 'sleeper', version: ['true'], command: ['sh', '-c', script, '{issue_file}'] })
}

/** The number of a process whose command line holds all of these; null = there is none. */
function processWith(...words: readonly string[]): number | null {
  const found = readdirSync('/proc').find((pid) => {
    const line = /^\d+$/.test(pid) ? commandLine(pid) : ''
    return words.every((word) => line.includes(word))
  })
  return found === undefined ? null : Number(found)
}

async function until<Found>(look: () => Found | null): Promise<Found> {
  for (let tries = 0; tries < 600; tries++) {
    const found = look()
    if (found !== null) return found
    await setTimeout(20)
  }
  assert.fail('it never came')
}

/** Where the plan of a folder is worked on. */
function workOf(cwd: string): string {
  const [plan] = existsSync(join(cwd, 'plans')) ? readdirSync(join(cwd, 'plans')) : []
  const [, suffix = 'none'] = /-([0-9a-f]+)\.\w+$/.exec(plan ?? '') ?? []
  const folder = readdirSync(tmpdir()).find((name) => name.startsWith(`foretoken-${suffix}.`))
  return join(tmpdir(), folder ?? 'none')
}

/** Waits until so many sandboxes of a folder's plan are there. */
async function running(cwd: string, count: number): Promise<void> {
  await until(() => {
    const work = workOf(cwd)
    const sockets = existsSync(work)
      ? readdirSync(work).filter((name) => existsSync(join(work, name, 'gateway.sock')))
      : []
    return sockets.length >= count ? true : null
  })
}
