import type { Range } from '../../forecast/range.ts'
import type { AttemptRecord } from '../../runner/attempt/attempt-record.ts'
import { OUTCOMES, type Outcome } from '../../trajectory/run.ts'
import { exactUsd, picoOfDecimal } from '../../units.ts'

/** What some runs were forecast to spend; null = not known, with the reason. */
export interface SpendForecast {
  readonly usd: Range | null
  readonly totalTokens: Range | null
  /** What it is built on, or why there is none: `3 forecasts`. */
  readonly from: string
}

/** What some attempts spent. */
export interface Spent {
  readonly calls: number
  readonly totalTokens: number
  readonly outputTokens: number
  /** Some calls told less than they used, or an attempt told nothing. */
  readonly atLeast: boolean
  /** A decimal; null = a price is not known. */
  readonly usd: string | null
}

/** One planned run as it ended: the last attempt at it. */
export interface PlannedResult {
  readonly planned: string
  readonly task: string
  readonly agent: string
  readonly model: string
  readonly multiplier: AttemptRecord['multiplier']
  readonly repeat: number
  readonly outcome: Outcome
  readonly infraReason: string | null
  readonly attempts: number
  /** In the store. */
  readonly run: string | null
  readonly wallSeconds: number
  readonly spent: Spent
}

/** What came of a plan: the document `plan-run/1`. */
export interface PlanRunDocument {
  readonly schema: 'plan-run/1'
  readonly id: string
  readonly plan: string
  readonly store: string
  readonly replayed: boolean
  readonly planned: number
  /** Runs by their outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Why runs are left; null = none are. */
  readonly left: string | null
  readonly attempts: number
  /** Of these, ended by the infrastructure, and by the end of the runner. */
  readonly infraErrors: number
  readonly interrupted: number
  readonly actual: Spent
  readonly forecast: SpendForecast
  readonly results: readonly PlannedResult[]
}

interface Told {
  readonly id: string
  readonly plan: string
  readonly store: string
  readonly replayed: boolean
  readonly planned: readonly string[]
  readonly left: string | null
  readonly forecast: SpendForecast
}

/** Sums up a plan from the records of its attempts. */
export function planRunDocument(told: Told, records: readonly AttemptRecord[]): PlanRunDocument {
  const attempts = Map.groupBy(records, ({ planned }) => planned)
  const results = told.planned.flatMap((key) => resultOf(attempts.get(key) ?? []) ?? [])
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length
  return {
    schema: 'plan-run/1',
    ...told,
    planned: told.planned.length,
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<
      Outcome,
      number
    >,
    attempts: records.length,
    infraErrors: records.filter(({ outcome, interrupted }) => outcome === 'infra-error' && !interrupted)
      .length,
    interrupted: records.filter(({ interrupted }) => interrupted).length,
    actual: sumOf(records),
    results,
  }
}

/** Null = it has not ended, or only by the end of the runner. */
function resultOf(attempts: readonly AttemptRecord[]): PlannedResult | null {
  const last = attempts.at(-1)
  if (last === undefined || last.interrupted) return null
  return {
    planned: last.planned,
    task: last.task.name,
    agent: last.agent.name,
    ...{ model: last.model, multiplier: last.multiplier, repeat: last.repeat },
    ...{ outcome: last.outcome, infraReason: last.infraReason, run: last.run },
    attempts: attempts.length,
    wallSeconds: (Date.parse(last.endedAt) - Date.parse(last.startedAt)) / 1000,
    spent: sumOf(attempts),
  }
}

/** What attempts spent together; an attempt that does not tell makes it "at least". */
export function sumOf(records: readonly Pick<AttemptRecord, 'spent'>[]): Spent {
  const spent = records.flatMap((record) => record.spent ?? [])
  const sum = (of: (one: Spent) => number): number => spent.reduce((total, one) => total + of(one), 0)
  const usd = spent.map((one) => (one.usd === null ? null : picoOfDecimal(one.usd)))
  return {
    calls: sum(({ calls }) => calls),
    totalTokens: sum(({ totalTokens }) => totalTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    atLeast: spent.length < records.length || spent.some(({ atLeast }) => atLeast),
    usd: usd.includes(null) ? null : exactUsd(usd.reduce<bigint>((total, one) => total + (one ?? 0n), 0n)),
  }
}
