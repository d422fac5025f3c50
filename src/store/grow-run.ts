import { type Cost, sumCosts } from '../pricing/cost.ts'
import type { RecordedCall, Run } from '../trajectory/run.ts'
import { exactUsd, type PicoUsd, picoOfDecimal } from '../units.ts'
import { eachClass } from '../usage/each-class.ts'
import { sumCalls } from '../usage/sum-calls.ts'

/** What is told of a run beside its further calls. */
export interface Growth {
  readonly calls: readonly RecordedCall[]
  readonly steps: number
  /** Null = not told yet. */
  readonly outcome: Run['outcome']
  readonly wallSeconds: number | null
}

/** The sums of a run with further calls. The run holds none of its calls, only their sums. */
export function grownRun(run: Run, { calls, steps, outcome, wallSeconds }: Growth): Run {
  const { classes, requests } = sumCalls(calls)
  const usage = eachClass((name) => {
    // A run without a call has used nothing; one with calls that do not tell a class does not know it.
    const before = run.calls === 0 && calls.length > 0 ? null : run.usage[name]
    if (calls.every((call) => call.usage[name] === null)) return before
    return (before ?? 0) + classes[name].amount
  })
  return {
    ...run,
    usage,
    incomplete: run.incomplete || calls.some((call) => call.incomplete),
    calls: (run.calls ?? 0) + requests.amount,
    steps: (run.steps ?? 0) + steps,
    outcome: outcome ?? run.outcome,
    wallSeconds: wallSeconds ?? run.wallSeconds,
  }
}

/** What a run cost, as its columns hold it. */
export interface Paid {
  readonly usd: string | null
  readonly reason: string | null
}

/** The same with the cost of further calls; unknown, with the first reason, as soon as a part is. */
export function grownCost({ usd, reason }: Paid, more: Cost<PicoUsd>): Paid {
  const amount = usd === null ? null : picoOfDecimal(usd)
  if (amount === null) return { usd, reason }
  const sum = sumCosts([{ kind: 'known', amount, notes: [] }, more])
  return sum.kind === 'unknown'
    ? { usd: null, reason: sum.reason }
    : { usd: exactUsd(sum.amount), reason: null }
}
