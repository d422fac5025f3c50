import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Gauge } from '../../src/gateway/budget/account.ts'
import { parseFormula } from '../../src/gateway/budget/formula.ts'
import { type Limits, NO_LIMITS } from '../../src/gateway/budget/limits.ts'
import { MEASURES, type MeasureName } from '../../src/gateway/budget/measure.ts'
import type { Gateway, GatewayRun } from '../../src/gateway/gateway.ts'
import { seededRandom } from '../../src/regress/random.ts'
import { DIALECTS, type DialectName } from '../../src/usage/dialects.ts'
import type { Fault } from '../fixtures/gateway/fault.ts'
import { askRun, limitIn } from '../fixtures/gateway/questions.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { testGateway } from '../fixtures/gateway/test-gateway.ts'

const TRIALS = 100
const AT_ONCE = 5
const CALLS = 64
const NAMES = Object.keys(DIALECTS) as DialectName[]

/** Ten calls' worth, as they are on average. */
const TEN: Readonly<Record<MeasureName, Partial<Limits>>> = {
  calls: { calls: 10 },
  outputTokens: { outputTokens: 1500 },
  totalTokens: { totalTokens: 12_000 },
  weighted: { weighted: parseFormula('input + 0.1 cacheRead + 5 output <= 14000') },
  usd: { usd: 25_000_000_000n },
}

/** What differs from trial to trial. */
interface Trial {
  readonly seed: number
  readonly measure: MeasureName
  readonly isGroup: boolean
  /** Whether prompts hold thousands of tokens that are not in the request. */
  readonly isHidden: boolean
  readonly hasFaults: boolean
}

const trialOf = (seed: number): Trial => ({
  seed,
  measure: MEASURES[seed % 5] as MeasureName,
  isGroup: Math.floor(seed / 5) % 2 === 1,
  isHidden: Math.floor(seed / 10) % 2 === 1,
  hasFaults: Math.floor(seed / 20) % 2 === 1,
})

/** What a request asks of the upstream, in its text: the upstream keeps to what the request was limited to. */
const PLAN = /prompt (\d+), cached (\d+), output (\d+)\./

function usageFor(body: string) {
  const [prompt = 0, cached = 0, output = 0] = (PLAN.exec(body) ?? []).slice(1).map(Number)
  const written = Math.min(output, limitIn(body) ?? Number.POSITIVE_INFINITY)
  return {
    input: prompt - cached,
    cacheRead: cached,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    reasoning: 0,
    output: written,
  }
}

const pace = seededRandom(7)
let upstream: ScriptedUpstream
let gateway: Gateway
/** The largest overshoot by its bound and by the limit, and what was spent by the limit. */
const figures = { over: 0, overLimit: 0, shares: [] as number[] }

before(async () => {
  upstream = await scriptedUpstream({
    script: mendScript,
    usage: ({ body }) => usageFor(body),
    delayMs: () => pace.uniform() * 2,
    fault: ({ body }) => (body.includes('It fails.') ? FAILURE : null),
  })
  gateway = await testGateway(upstream.url)
})
after(async () => {
  await gateway.close()
  await upstream.close()
})

const FAILURE: Fault = { kind: 'status', status: 500, body: '{"error":{"message":"overloaded"}}' }

interface CallPlan {
  readonly dialect: DialectName
  readonly text: string
  readonly streams: boolean
  readonly maxOutput: number | null
  /** The client goes away after the head of the reply. */
  readonly leaves: boolean
}

function planCalls({ seed, isHidden, hasFaults }: Trial, count: number): readonly CallPlan[] {
  const random = seededRandom(seed)
  const hidden = isHidden ? 800 + random.integer(1200) : 0
  return Array.from({ length: count }, () => {
    const filling = 400 + random.integer(2400)
    const prompt = Math.floor(filling * (0.2 + 0.3 * random.uniform())) + hidden
    const chance = random.uniform()
    const fails = hasFaults && chance < 0.25
    const plan = `prompt ${prompt}, cached ${random.integer(prompt)}, output ${20 + random.integer(260)}.`
    return {
      dialect: NAMES[random.integer(NAMES.length)] as DialectName,
      text: `${plan}${fails ? ' It fails.' : ''} ${'x'.repeat(filling)}`,
      streams: random.uniform() < 0.5,
      maxOutput: random.uniform() < 0.1 ? null : 100 + random.integer(300),
      leaves: hasFaults && chance > 0.75,
    }
  })
}

type Answered = 'whole' | 'failed' | 'refused' | 'left'

async function ask(run: GatewayRun, { dialect, leaves, ...asked }: CallPlan): Promise<Answered> {
  const client = new AbortController()
  try {
    const reply = await askRun(run.baseUrl, dialect, asked, { signal: client.signal })
    if (leaves) client.abort()
    await reply.arrayBuffer()
    if (reply.headers.get('x-foretoken-refusal') === 'over-budget') return 'refused'
    return reply.ok ? 'whole' : 'failed'
  } catch (error) {
    if (!leaves) throw error
    return 'left'
  }
}

function open({ seed, measure, isGroup }: Trial): {
  readonly runs: readonly GatewayRun[]
  readonly gauge: Gauge
} {
  const limits = { ...NO_LIMITS, ...TEN[measure] }
  const group = isGroup ? gateway.openGroup(`group ${seed}`, limits) : null
  const runs = Array.from({ length: isGroup ? 4 : 1 }, () =>
    gateway.openRun(group === null ? { limits } : { group: group.name }),
  )
  const account = group?.account ?? runs[0]?.state.accounts[0]
  const gauge = account?.gauges[0]
  if (gauge === undefined) throw new Error('there is no limit')
  return { runs, gauge }
}

async function tryOut(trial: Trial): Promise<void> {
  const { runs, gauge } = open(trial)
  const beyond = watch(gauge)
  const plans = planCalls(trial, CALLS)
  // What is hidden is known of a run once a reply has told it.
  const first = trial.isHidden ? plans.slice(0, runs.length) : []
  const runOf = (i: number) => runs[i % runs.length] as GatewayRun
  const answers: Answered[] = []
  for (const [i, plan] of first.entries()) answers.push(await ask(runOf(i), plan))
  const rest = plans.slice(first.length).map((plan, i) => ask(runOf(i), plan))
  answers.push(...(await Promise.all(rest)))
  await Promise.all(runs.map((run) => run.close()))
  check(trial, gauge, { answers, bound: beyond() })
}

function check(
  trial: Trial,
  gauge: Gauge,
  { answers, bound }: { readonly answers: readonly Answered[]; readonly bound: bigint },
): void {
  const about = JSON.stringify(trial)
  const { measure, spent, reserved } = gauge
  assert.equal(reserved, 0n, about)
  const over = spent - measure.limit
  const isExact = measure.name === 'calls' || measure.name === 'outputTokens'
  assert.ok(over <= (isExact ? 0n : bound), `${about} is over by ${over}, more than ${bound}`)
  if (over > 0n) figures.over = Math.max(figures.over, Number(over) / Number(bound))
  figures.overLimit = Math.max(figures.overLimit, Number(over) / Number(measure.limit))
  const share = Number(spent) / Number(measure.limit)
  figures.shares.push(share)
  assert.ok(share > 0.85, `${about} used only ${share} of its budget`)
  assert.ok(answers.includes('refused'), about)
  if (trial.hasFaults) return
  if (measure.name === 'calls') assert.equal(answers.filter((answer) => answer === 'whole').length, 10, about)
  assert.deepEqual(
    answers.filter((answer) => answer !== 'whole' && answer !== 'refused'),
    [],
    about,
  )
}

/** Listens to a limit: the most that a single call used of it beyond what was set aside, which is the documented bound. */
function watch(gauge: Gauge): () => bigint {
  let { reserved, spent } = gauge
  let [givenBack, most] = [0n, 0n]
  Object.defineProperties(gauge, {
    reserved: {
      get: () => reserved,
      set(amount: bigint) {
        givenBack = reserved - amount
        reserved = amount
      },
    },
    spent: {
      get: () => spent,
      set(amount: bigint) {
        const beyond = amount - spent - givenBack
        if (beyond > most) most = beyond
        spent = amount
      },
    },
  })
  return () => most
}

describe('64 parallel calls against a budget of ten', () => {
  it(`never pass it by more than the documented bound, and use it, in ${TRIALS} trials`, async (test) => {
    for (let seed = 0; seed < TRIALS; seed += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => tryOut(trialOf(seed + i))))
    }
    const least = Math.min(...figures.shares)
    const mean = figures.shares.reduce((sum, share) => sum + share, 0) / figures.shares.length
    test.diagnostic(
      `used: ${least.toFixed(3)} at least, ${mean.toFixed(3)} on average; over by ${figures.over.toFixed(3)} of the bound, ${figures.overLimit.toFixed(3)} of the limit`,
    )
  })
})
