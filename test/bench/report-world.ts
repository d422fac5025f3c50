import { type Random, seededRandom } from '../../src/regress/random.ts'
import type { Outcome } from '../../src/trajectory/run.ts'

/** Which tasks a benchmark has of all, and how often each system works on one of them. */
export interface BenchmarkPlan {
  readonly name: string
  readonly tasks: number
  readonly repeats: number
  /** What the repeats are given, one after the other; null = not recorded. */
  readonly multipliers: readonly number[] | null
}

const MULTIPLIERS = [1, 1.5, 2, 3, 5, Number.POSITIVE_INFINITY] as const

/** Infra errors by multiplier, as they are known to fall with it; where none is recorded, in between. */
const INFRA: ReadonlyMap<number | null, number> = new Map<number | null, number>([
  [null, 0.0073],
  [1, 0.058],
  [1.5, 0.035],
  [2, 0.025],
  [3, 0.021],
  [5, 0.01],
  [Number.POSITIVE_INFINITY, 0.005],
])

const SYSTEMS = 40
const RUNS_PER_TASK = 50

/** Three benchmarks of about so many runs: most tasks once, some twice, some once at each of six multipliers. */
export function benchmarksOf(runs: number): readonly BenchmarkPlan[] {
  const tasks = Math.max(30, Math.round(runs / RUNS_PER_TASK))
  const [twice, crossed] = [Math.round(0.1 * tasks), Math.round(0.03 * tasks)]
  return [
    { name: 'wide', tasks: tasks - twice - crossed, repeats: 1, multipliers: null },
    { name: 'repeated', tasks: twice, repeats: 2, multipliers: null },
    { name: 'resources', tasks: crossed, repeats: MULTIPLIERS.length, multipliers: MULTIPLIERS },
  ]
}

export interface System {
  readonly agent: string
  readonly ability: number
  /** Of log tokens. */
  readonly appetite: number
  readonly reasons: boolean
  /** Place in MODELS. */
  readonly model: number
}

/** Models with dollars per million tokens of input and output; null = no known price. */
export const MODELS: readonly { readonly name: string; readonly rates: Rates | null }[] = [
  { name: 'gpt-5', rates: [1.25, 10] },
  { name: 'claude-sonnet-4-5', rates: [3, 15] },
  { name: 'gemini-3-pro', rates: [2, 12] },
  { name: 'kimi-k2', rates: [0.6, 2.5] },
  { name: 'house-model', rates: null },
]
type Rates = readonly [input: number, output: number]

/** Eight agents with each of the models. */
export function madeSystems(): readonly System[] {
  const random = seededRandom(1)
  return Array.from({ length: SYSTEMS }, (_, i) => ({
    agent: `agent-${i % 8}`,
    model: Math.floor(i / 8),
    ability: random.normal(),
    appetite: 0.4 * random.normal(),
    reasons: i % 2 === 0,
  }))
}

/** A call, or the sum of several. */
export interface MadeUsage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number | null
}

export interface MadeRun {
  readonly multiplier: number | null
  readonly outcome: Outcome
  /** Null = not recorded. */
  readonly usage: MadeUsage | null
  readonly calls: number
  readonly wallSeconds: number
  readonly startedMs: number
  readonly costUsd: string | null
  readonly reportedUsd: string | null
  readonly host: string | null
  readonly concurrency: number | null
}

export interface Task {
  readonly difficulty: number
  /** Of log tokens. */
  readonly size: number
}

export const madeTask = (random: Random): Task => ({ difficulty: random.normal(), size: random.normal() })

/** What a run is of. */
export interface Cell {
  readonly system: System
  readonly task: Task
  readonly multiplier: number | null
}

const FIRST_MS = Date.parse('2026-09-01T00:00:00Z')
const DAYS = 60
const DAY_MS = 86_400_000

/** The moment before any run begins. */
export const BEFORE_ALL = new Date(FIRST_MS - 1).toISOString()

/** One run of a system on a task. */
export function madeRun({ system, task, multiplier }: Cell, random: Random): MadeRun {
  const outcome = outcomeOf(system.ability - task.difficulty, multiplier, random)
  const calls = Math.max(1, Math.round(Math.exp(2.6 + 0.5 * task.size + 0.4 * random.normal())))
  const usage = random.uniform() < 0.03 ? null : usageOf(system, task.size, random)
  const rates = MODELS[system.model]?.rates ?? null
  const costUsd = usage === null || rates === null ? null : costOf(usage, rates).toFixed(6)
  const isPlaced = multiplier !== null || random.uniform() < 0.5
  return {
    multiplier,
    outcome,
    usage,
    calls,
    wallSeconds: Math.round(100 * calls * (5 + 20 * random.uniform())) / 100,
    startedMs: FIRST_MS + random.integer(DAYS * DAY_MS),
    costUsd,
    reportedUsd: usage !== null && random.uniform() < 0.3 ? costOf(usage, [2, 8]).toFixed(4) : null,
    host: isPlaced ? `host-${random.integer(12)}` : null,
    concurrency: isPlaced ? 4 ** random.integer(3) : null,
  }
}

function outcomeOf(advantage: number, multiplier: number | null, random: Random): Outcome {
  if (random.uniform() < (INFRA.get(multiplier) ?? 0)) return 'infra-error'
  const gain = multiplier !== null && multiplier > 3 ? 0.15 : 0
  if (random.uniform() < 1 / (1 + Math.exp(-advantage - gain))) return 'resolved'
  const how = random.uniform()
  return how < 0.1 ? 'timed-out' : how < 0.15 ? 'budget-exhausted' : 'failed'
}

function usageOf(system: System, size: number, random: Random): MadeUsage {
  const total = Math.exp(12.5 + 0.6 * size + system.appetite + 0.5 * random.normal())
  const output = Math.round(total * (0.01 + 0.04 * random.uniform()))
  const reasoning = system.reasons ? Math.floor(output * random.uniform()) : null
  const cacheRead = Math.round(total * (0.6 + 0.3 * random.uniform()))
  const cacheWrite = Math.round(0.3 * (total - cacheRead))
  return { input: Math.round(total - cacheRead - cacheWrite), cacheRead, cacheWrite, output, reasoning }
}

const costOf = (usage: MadeUsage, [input, output]: Rates): number =>
  (usage.input * input +
    usage.cacheRead * input * 0.1 +
    usage.cacheWrite * input * 1.25 +
    usage.output * output) /
  1e6

/** The calls of a run: its context grows from one to the next, and their sums are those of the run. */
export function callsOf({ usage }: MadeRun, random: Random): readonly MadeUsage[] {
  if (usage === null) return []
  const calls = 5 + random.integer(11)
  let left = usage
  return Array.from({ length: calls }, (_, place) => {
    // Of 1 + 2 + … parts each call takes one more than the one before it, and the last one what is left.
    const partsLeft = (calls * (calls + 1) - place * (place + 1)) / 2
    const taken = eachCount(left, (count) => Math.floor((count * (place + 1)) / partsLeft))
    left = {
      input: left.input - taken.input,
      cacheRead: left.cacheRead - taken.cacheRead,
      cacheWrite: left.cacheWrite - taken.cacheWrite,
      output: left.output - taken.output,
      reasoning: left.reasoning === null ? null : left.reasoning - (taken.reasoning ?? 0), // both or none are known
    }
    return taken
  })
}

const eachCount = (usage: MadeUsage, of: (count: number) => number): MadeUsage => ({
  input: of(usage.input),
  cacheRead: of(usage.cacheRead),
  cacheWrite: of(usage.cacheWrite),
  output: of(usage.output),
  reasoning: usage.reasoning === null ? null : of(usage.reasoning),
})
