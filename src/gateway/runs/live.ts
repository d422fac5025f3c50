import { sumCosts } from '../../pricing/cost.ts'
import { exactUsd } from '../../units.ts'
import type { Count } from '../../usage/count.ts'
import type { Account } from '../budget/account.ts'
import { spentOf } from '../budget/message.ts'
import type { Group, OpenRun } from './open-run.ts'

/** A limit as it stands. Amounts are decimal strings: dollars for `usd`, else whole numbers. */
export interface LiveLimit {
  readonly of: string
  /** The group whose limit it is; null = the run's own. */
  readonly group: string | null
  readonly limit: string
  readonly spent: string
  readonly reserved: string
  readonly text: string
}

/** A run as it stands: what an endpoint streams, and `--watch` shows. `null` = not known. */
export interface LiveRun {
  readonly id: string
  readonly agent: string | null
  readonly task: string | null
  readonly models: readonly string[]
  readonly seconds: number
  readonly calls: Count
  readonly inFlight: number
  readonly tokens: {
    readonly input: Count
    readonly cacheRead: Count
    readonly cacheWrite: Count
    readonly output: Count
    readonly total: Count
  }
  /** Dollars so far, as a decimal; null = a price, or a count, is not known. */
  readonly costUsd: string | null
  /** Over the last minute. */
  readonly outputPerMinute: number
  readonly callsPerMinute: number
  /** Tokens of the last prompt, and how many more they are than those of the first; null = fewer than two. */
  readonly context: number | null
  readonly contextGrowth: number | null
  readonly limits: readonly LiveLimit[]
  readonly outcome: string | null
  readonly closed: boolean
}

const MINUTE_MS = 60_000

/** A run as it stands at a time. */
export function liveRun(run: OpenRun, nowMs: number): LiveRun {
  const { classes, total, requests } = run.totals
  const recent = run.exchanges.filter(({ at, latencyMs }) => Date.parse(at) + latencyMs > nowMs - MINUTE_MS)
  const prompts = run.exchanges.flatMap(({ kind, calls }) => (kind === 'generate' ? calls.slice(0, 1) : []))
  const sizes = prompts.flatMap(({ usage }) =>
    usage.input === null
      ? []
      : [usage.input + (usage.cacheRead ?? 0) + (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)],
  )
  const [first, last] = [sizes[0], sizes.at(-1)]
  return {
    id: run.meta.id,
    agent: run.meta.agent,
    task: run.meta.task.id,
    models: [...new Set(run.exchanges.flatMap(({ calls }) => calls.flatMap(({ model }) => model ?? [])))],
    seconds: Math.round((nowMs - run.openedAtMs) / 1000),
    calls: requests,
    inFlight: run.open.size,
    tokens: {
      input: classes.input,
      cacheRead: classes.cacheRead,
      cacheWrite: sum(classes.cacheWrite5m, classes.cacheWrite1h),
      output: classes.output,
      total,
    },
    costUsd: costOf(run),
    outputPerMinute: recent.reduce(
      (sum, { calls }) => sum + calls.reduce((all, { usage }) => all + (usage.output ?? 0), 0),
      0,
    ),
    callsPerMinute: recent.filter(({ calls }) => calls.length > 0).length,
    context: last ?? null,
    contextGrowth: sizes.length < 2 || first === undefined || last === undefined ? null : last - first,
    limits: run.accounts.flatMap((account, i) => limitsOf(account, i === 0 ? null : run.group)),
    outcome: run.outcome,
    closed: run.closed !== null,
  }
}

function costOf({ spend }: OpenRun): string | null {
  const cost = sumCosts([...spend.values()].map((model) => model.cost))
  return cost.kind === 'unknown' ? null : exactUsd(cost.amount)
}

const sum = (a: Count, b: Count): Count => ({
  amount: a.amount + b.amount,
  atLeast: a.atLeast || b.atLeast,
})

function limitsOf({ gauges }: Account, group: Group | null): readonly LiveLimit[] {
  return gauges.map(({ measure, spent, reserved }) => {
    const shown = (amount: bigint): string =>
      measure.name === 'usd'
        ? exactUsd(amount)
        : String(measure.name === 'weighted' ? amount / 1_000_000n : amount)
    return {
      of: measure.name,
      group: group?.name ?? null,
      limit: shown(measure.limit),
      spent: shown(spent),
      reserved: shown(reserved),
      text: spentOf({ measure, spent }),
    }
  })
}
