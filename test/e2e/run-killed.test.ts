import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { seededRandom } from '../../src/regress/random.ts'
import { type KeptFile, keptAt } from '../../src/runner/kept-files.ts'
import { readPlanState } from '../../src/runner/plan-journal.ts'
import { localSandbox } from '../../src/sandbox/local/local-sandbox.ts'
import { readAttempts } from '../../src/store/attempts.ts'
import { openStore } from '../../src/store/open-store.ts'
import { ALL_RUNS, readRuns } from '../../src/store/read-runs.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { commandLine } from '../fixtures/command-line.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { writePlan } from '../fixtures/planned-work.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const KILLS = Number(process.env.FORETOKEN_KILLS ?? 30)
const SEED = 20_261_128
const RUNS = 40

const complaints = await localSandbox().check()
const skip = complaints.length > 0 ? complaints.map(({ missing }) => missing).join('; ') : false

describe('a runner that is killed at any moment', { skip }, () => {
  let upstream: ScriptedUpstream
  before(async () => {
    upstream = await scriptedUpstream({ script: mendScript })
  })
  after(() => upstream.close())

  it(`is resumed until each of ${RUNS} runs was made exactly once, ${KILLS} kills later`, async (t) => {
    const cwd = temporaryFolder()
    writePlan(cwd, { repeats: RUNS / 2, concurrency: 3 })
    const random = seededRandom(SEED)
    const start = (): ChildProcess =>
      spawn(
        process.execPath,
        [join(ROOT, 'dist/cli/main.js'), 'run', ...(unfinished(cwd) ? ['--resume'] : ['plan.yaml']), '--yes'],
        {
          cwd,
          env: {
            ...{ PATH: process.env.PATH, HOME: cwd, FORETOKEN_DB: 'store.db' },
            ...{ FORETOKEN_OPENAI_URL: `${upstream.url}/v1`, OPENAI_API_KEY: 'sk-of-nobody-0123456789' },
          },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      )
    const pids: (number | undefined)[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start()
      pids.push(child.pid)
      const ended = once(child, 'exit')
      // Half of them from its start, and half from when it has begun with a run, however busy the machine is.
      const began = kill % 2 === 0 ? Promise.resolve() : begins(cwd, child)
      const moment = began.then(() => setTimeout(random.uniform() * (kill % 2 === 0 ? 3000 : 1200)))
      await Promise.race([ended, moment])
      child.kill('SIGKILL')
      await ended
    }
    let said = ''
    const last = start()
    last.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const [exit] = await once(last, 'close')
    assert.equal(exit, 0, said)
    const plans = plansIn(cwd)
    const infra = plans.flatMap(({ ended }) => ended.filter(({ interrupted }) => !interrupted))
    for (const { infraReason } of infra) if (infraReason !== null) t.diagnostic(infraReason)
    t.diagnostic(`${plans.length} plans, ${plans.flatMap(({ ended }) => ended).length} attempts`)
    assert.ok(
      plans.some(({ ended }) => ended.some(({ interrupted }) => interrupted)),
      'no kill hit a run',
    )
    for (const plan of plans) checkPlan(cwd, plan)
    checkNothingIsLeft(cwd, plans, pids)
    // Other tests may leave what is theirs at the same time.
    const own = plans.flatMap(({ begun }) => begun.map(({ id }) => id))
    const swept = await localSandbox().sweep()
    assert.deepEqual(
      swept.filter((run) => own.some((id) => run.startsWith(id))),
      [],
    )
  })
})

/** Waits until a run more than before has begun, or the process has ended. */
async function begins(cwd: string, child: ChildProcess): Promise<void> {
  const count = () => plansIn(cwd).reduce((sum, { begun }) => sum + begun.length, 0)
  for (const before = count(); child.exitCode === null && count() === before; ) await setTimeout(20)
}

const unfinished = (cwd: string): boolean => plansIn(cwd).some(({ isDone }) => !isDone)

const plansIn = (cwd: string) => {
  const folder = join(cwd, 'plans')
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.flatMap((name) => {
    const id = /^(.+)\.jsonl$/.exec(name)?.[1]
    return id === undefined ? [] : (readPlanState(folder, id) ?? [])
  })
}

/** Each planned run has ended once, in the journal and in the store; what was killed is told apart, and not counted twice. */
function checkPlan(cwd: string, { start, ended, begun, isDone }: ReturnType<typeof plansIn>[number]): void {
  assert.ok(isDone)
  assert.equal(start.planned.length, RUNS)
  const whole = ended.filter(({ outcome }) => outcome !== 'infra-error')
  assert.deepEqual(whole.map(({ planned }) => planned).sort(), start.planned.toSorted())
  assert.equal(new Set(ended.map(({ id }) => id)).size, begun.length)
  const store = openStore(join(cwd, 'store.db'), { create: false })
  const [attempts, runs] = [readAttempts(store), [...readRuns(store, ALL_RUNS)]]
  store.close()
  const own = attempts.filter(({ document }) => 'plan' in document && document.plan === start.id)
  assert.deepEqual(own.map(({ id }) => id).sort(), ended.map(({ id }) => id).sort())
  const outcomes = whole.map(({ run }) => runs.find(({ id }) => id === run))
  const count = (outcome: string) => outcomes.filter((run) => run?.outcome === outcome).length
  const odd = whole.filter(({ run, spent, outcome, facts, task }) => {
    const calls = runs.find(({ id }) => id === run)?.calls
    return (
      calls !== 1 ||
      spent?.calls !== 1 ||
      facts?.exit !== 0 ||
      (outcome === 'resolved') !== (task.name === 'easy')
    )
  })
  const text = (file: KeptFile | null) =>
    file === null ? null : readFileSync(keptAt(join(cwd, 'files'), file.sha256), 'utf8')
  const told = odd.map(({ files, ...record }) => ({
    ...{ record, stored: runs.find(({ id }) => id === record.run) },
    ...{ stderr: text(files.stderr), patch: text(files.patch), check: text(files.check) },
  }))
  assert.deepEqual(told, [], JSON.stringify(told))
  assert.deepEqual([count('resolved'), count('failed')], [RUNS / 2, RUNS / 2])
  const killed = new Set(ended.filter(({ interrupted }) => interrupted).map(({ run }) => run))
  const others = runs.filter(({ id }) => killed.has(id))
  assert.deepEqual(
    new Set(others.map(({ outcome }) => outcome)),
    new Set(others.length > 0 ? ['infra-error'] : []),
  )
}

function checkNothingIsLeft(
  cwd: string,
  plans: ReturnType<typeof plansIn>,
  pids: readonly (number | undefined)[],
): void {
  const works = readdirSync(tmpdir()).filter((name) => pids.some((pid) => name.includes(`.${pid}.`)))
  assert.deepEqual(
    works.filter((name) => name.startsWith('foretoken-')),
    [],
  )
  assert.deepEqual(
    readdirSync(join(cwd, 'plans')).filter((name) => !name.endsWith('.jsonl')),
    [],
  )
  assert.deepEqual(readdirSync(join(cwd, 'gateway')), [])
  const ids = new Set(plans.flatMap(({ begun }) => begun.map(({ id }) => id)))
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const line = commandLine(pid)
    assert.ok(![...ids].some((id) => line.includes(id)), line)
  }
}
