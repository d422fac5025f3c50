import { KnownError } from '../errors.ts'
import { sortedQuantile } from '../regress/quantile.ts'
import type { Interval } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { countBelow } from './sorted-count.ts'
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
  const sorted = Float64Array.from(probabilities).sort()
  const edges = Float64Array.from({ length: bins - 1 }, (_, k) => sortedQuantile(sorted, (k + 1) / bins))
  const [rows, predicted, observed] = [new Int32Array(bins), new Float64Array(bins), new Float64Array(bins)]
  for (let i = 0; i < probabilities.length; i++) {
    const bin = countBelow(edges, probabilities[i] as number)
    rows[bin] = (rows[bin] as number) + 1
    predicted[bin] = (predicted[bin] as number) + (probabilities[i] as number)
    observed[bin] = (observed[bin] as number) + (outcomes[i] as number)
  }
  return Array.from(rows, (count, bin) => ({
    rows: count,
    predicted: (predicted[bin] as number) / count,
    observed: (observed[bin] as number) / count,
    total: observed[bin] as number,
  }))
    .filter((bin) => bin.rows > 0)
    .map(({ total, ...bin }) => ({ ...bin, interval: wilsonInterval(total, bin.rows) }))
}
