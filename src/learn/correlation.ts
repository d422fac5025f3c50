import { bootstrapInterval } from '../metrics/bootstrap.ts'
import type { Interval } from '../metrics/interval.ts'
import { pearson } from '../metrics/pearson.ts'
import type { Dataset, Quantity } from './dataset.ts'
import type { Targets } from './fit.ts'
import { selfForecastOf } from './spend.ts'

/** How a correlation is taken: of tokens as they are, or of their logarithms. */
export const SCALES = ['raw', 'log'] as const
export type Scale = (typeof SCALES)[number]

export interface Estimated extends Interval {
  readonly estimate: number
}

/** Correlations of one model, or the mean over models, with 95 % intervals by bootstrap. */
export interface Correlations {
  readonly ours: Estimated
  /** The model's own forecast on the same rows; null where too few were made. */
  readonly self: Estimated | null
  /** Ours less its own. */
  readonly difference: Estimated | null
  /** Ours with its own as a feature. */
  readonly hinted: Estimated | null
}

/** Columns to be compared, one value a task; NaN = not there. */
interface Columns {
  readonly actual: Float64Array
  readonly ours: Float64Array
  readonly self: Float64Array
  readonly hinted: Float64Array
}

export interface CorrelationInput {
  readonly dataset: Dataset
  readonly targets: Targets
  readonly plain: Targets
  readonly hinted: Targets
  /** Indices of the pairs compared. */
  readonly pairs: readonly number[]
  /** What is drawn in the bootstrap: the group of each task. */
  readonly groups: readonly string[]
}

const RESAMPLES = 1000
const SEED = 1

/** Per pair, and the mean over the pairs: models are never pooled, since their level alone would correlate. */
export function correlationsOf(
  input: CorrelationInput,
  quantity: Quantity,
  scale: Scale,
): { readonly each: readonly Correlations[]; readonly mean: Correlations } {
  const columns = input.pairs.map((pair) => columnsOf(input, pair, quantity, scale))
  const of = (chosen: readonly Columns[]) => summary(chosen, input.groups)
  return { each: columns.map((one) => of([one])), mean: of(columns) }
}

function columnsOf(
  { dataset, targets, plain, hinted }: CorrelationInput,
  pair: number,
  quantity: Quantity,
  scale: Scale,
): Columns {
  const pairs = dataset.pairs.length
  const shape = (log10: number) => (scale === 'log' ? log10 : 10 ** log10)
  const pick = (table: Float64Array) =>
    Float64Array.from(dataset.tasks, (_, t) => shape(table[t * pairs + pair] as number))
  const self = Float64Array.from(dataset.tasks, (_, t) => {
    const row = dataset.spend[pair]?.get(t)
    const forecast = row === undefined ? null : selfForecastOf(row)
    if (forecast === null) return Number.NaN
    return shape(Math.log10(quantity === 'output' ? forecast.outputTokens : forecast.totalTokens))
  })
  return {
    actual: pick(targets[quantity]),
    ours: pick(plain[quantity]),
    self,
    hinted: pick(hinted[quantity]),
  }
}

function summary(columns: readonly Columns[], groups: readonly string[]): Correlations {
  const interval = (statistic: (rows: readonly number[]) => number): Estimated =>
    bootstrapInterval(statistic, { rows: groups.length, groups, resamples: RESAMPLES, seed: SEED })
  const mean = (value: (one: Columns) => number) =>
    columns.reduce((sum, one) => sum + value(one), 0) / columns.length
  const asked = columns.every(({ self }) => self.some((value) => !Number.isNaN(value)))
  const own = (rows: readonly number[]) => mean(({ actual, self }) => rOf(actual, self, rows))
  return {
    ours: interval((rows) => mean(({ actual, ours }) => rOf(actual, ours, rows))),
    self: asked ? interval(own) : null,
    difference: asked
      ? interval((rows) =>
          mean(({ actual, ours, self }) => rOf(actual, ours, rows, self) - rOf(actual, self, rows)),
        )
      : null,
    hinted: asked ? interval((rows) => mean(({ actual, hinted }) => rOf(actual, hinted, rows))) : null,
  }
}

/** Pearson's r over rows where both (and `also`) are there. */
function rOf(actual: Float64Array, forecast: Float64Array, rows: readonly number[], also = forecast): number {
  const used = rows.filter(
    (row) => !Number.isNaN(forecast[row]) && !Number.isNaN(actual[row]) && !Number.isNaN(also[row]),
  )
  const pick = (values: Float64Array) => Float64Array.from(used, (row) => values[row] as number)
  return pearson(pick(actual), pick(forecast))
}
