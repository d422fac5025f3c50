import type { Group, OpenRun } from '../runs/open-run.ts'
import type { Account } from './account.ts'

/** Parts of a limit at whose passing people are told. */
const THRESHOLDS = [50, 80, 95, 100] as const

export interface Warning {
  /** The measure whose limit it is. */
  readonly limit: string
  readonly percent: number
  /** The group whose limit it is; null = the run's own. */
  readonly group: string | null
}

/** The thresholds passed since this was last asked: each once, and of several at once the highest. */
export function warnings({ accounts, group }: OpenRun): readonly Warning[] {
  return accounts.flatMap((account, i) => passedIn(account, i === 0 ? null : group))
}

function passedIn({ gauges }: Account, group: Group | null): readonly Warning[] {
  return gauges.flatMap((gauge) => {
    const percent = gauge.measure.limit === 0n ? 100 : Number((gauge.spent * 100n) / gauge.measure.limit)
    const passed = THRESHOLDS.findLast((threshold) => percent >= threshold) ?? 0
    if (passed <= gauge.warned) return []
    gauge.warned = passed
    return [{ limit: gauge.measure.name, percent: passed, group: group?.name ?? null }]
  })
}
