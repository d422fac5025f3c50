import { KnownError } from '../errors.ts'
import { quantile } from '../regress/quantile.ts'
import type { Interval } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { wilsonInterval } from './wilson.ts'

export interface ReliabilityBin {
  readonly rows: number
  /** Mean forecast probability of the bin. */
  readonly predicted: number
  /** Mean outcome of the bin, and its 95 % Wilson interval. */
  readonly observed: number
  readonly interval: Interval
}

/** Forecast against observed frequency in bins of equally many forecasts (quantile bins); empty bins are left out. */
export function reliabilityTable(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  checkPairs(probabilities, outcomes)
  if (!(Number.isInteger(bins) && bins > 0)) throw new KnownError('data-malformed', `${bins} bins`)
  const inner = Array.from({ length: bins - 1 }, (_, k) => quantile(probabilities, (k + 1) / bins))
  const rows = Array.from({ length: probabilities.length }, (_, i) => i)
  const binOf = (i: number): number => inner.filter((edge) => edge < (probabilities[i] as number)).length
  return inner
    .concat(Number.POSITIVE_INFINITY)
    .map((_, bin) => rows.filter((i) => binOf(i) === bin))
    .filter((members) => members.length > 0)
    .map((members) => summary(members, probabilities, outcomes))
}

function summary(
  rows: readonly number[],
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
): ReliabilityBin {
  const total = (values: ArrayLike<number>): number => rows.reduce((sum, i) => sum + (values[i] as number), 0)
  const successes = total(outcomes)
  return {
    rows: rows.length,
    predicted: total(probabilities) / rows.length,
    observed: successes / rows.length,
    interval: wilsonInterval(successes, rows.length),
  }
}
