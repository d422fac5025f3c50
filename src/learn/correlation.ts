import { bootstrapInterval } from '../metrics/bootstrap.ts'
import type { Interval } from '../metrics/interval.ts'
import { pearsonOfRows } from '../metrics/pearson-rows.ts'
import type { Dataset, Quantity } from './dataset.ts'
import type { Targets } from './fit.ts'

/** How a correlation is taken: of tokens as they are, or of their logarithms. */
export const SCALES = ['raw', 'log'] as const
export type Scale = (typeof SCALES)[number]

export interface Estimated extends Interval {
  readonly estimate: number
}

/** Correlations of one model, or the mean over models, with 95 % intervals by bootstrap. */
export interface Correlations {
  readonly ours: Estimated
  /** The model's own forecast on the same rows, an answer of 0 tokens taken as 1; null where it was not asked. */
  readonly self: Estimated | null
  /** Ours less its own. */
  readonly difference: Estimated | null
  /** The same two on the rows where it answered more than 0. */
  readonly selfAnswered: Estimated | null
  readonly differenceAnswered: Estimated | null
  /** Ours with its own as a feature. */
  readonly hinted: Estimated | null
}

/** Columns to be compared, one value a task; NaN = not there. */
interface Columns {
  readonly actual: Float64Array
  readonly ours: Float64Array
  readonly self: Float64Array
  readonly answered: Float64Array
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
  { dataset, targets, plain, hinted: hintedTargets }: CorrelationInput,
  pair: number,
  quantity: Quantity,
  scale: Scale,
): Columns {
  const pairs = dataset.pairs.length
  const shape = (log10: number) => (scale === 'log' ? log10 : 10 ** log10)
  const pick = (table: Float64Array) =>
    Float64Array.from(dataset.tasks, (_, t) => shape(table[t * pairs + pair] as number))
  const [ours, hinted] = [pick(plain[quantity]), pick(hintedTargets[quantity])]
  const self = Float64Array.from(dataset.tasks, (_, t) => shape(selfLog10(dataset, pair, t, quantity)))
  const answered = self.map((value, t) => (selfLog10(dataset, pair, t, quantity) > 0 ? value : Number.NaN))
  // Where the model answered nothing there is no hint, and the plain forecast stands.
  const withHints = hinted.map((value, t) => (Number.isNaN(value) ? (ours[t] as number) : value))
  return { actual: pick(targets[quantity]), ours, self, answered, hinted: withHints }
}

/** log10 of what the model said of itself, at least 0; NaN where it was not asked. */
function selfLog10({ spend }: Dataset, pair: number, task: number, quantity: Quantity): number {
  const row = spend[pair]?.get(task)
  if (row === undefined || row.selfOutputTokens === null || row.selfInputTokens === null) return Number.NaN
  const total = quantity === 'total' ? row.selfInputTokens : 0
  return Math.log10(Math.max(1, row.selfOutputTokens + total))
}

function summary(columns: readonly Columns[], groups: readonly string[]): Correlations {
  const interval = (statistic: (rows: readonly number[]) => number): Estimated =>
    bootstrapInterval(statistic, { rows: groups.length, groups, resamples: RESAMPLES, seed: SEED })
  const asked = columns.every(({ self }) => self.some((value) => !Number.isNaN(value)))
  const meanOf = (of: (one: Columns) => readonly [Float64Array, Float64Array]) =>
    interval((rows) => mean(columns.map((one) => pearsonOfRows(...of(one), rows))))
  const lead = (of: (one: Columns) => Float64Array) => {
    const both = columns.map((one) => ({
      actual: one.actual,
      theirs: of(one),
      ours: shared(one.ours, of(one)),
    }))
    const leadOn =
      (rows: readonly number[]) =>
      ({ actual, theirs, ours }: (typeof both)[number]) =>
        pearsonOfRows(actual, ours, rows) - pearsonOfRows(actual, theirs, rows)
    return interval((rows) => mean(both.map(leadOn(rows))))
  }
  return {
    ours: meanOf(({ actual, ours }) => [actual, ours]),
    self: asked ? meanOf(({ actual, self }) => [actual, self]) : null,
    difference: asked ? lead(({ self }) => self) : null,
    selfAnswered: asked ? meanOf(({ actual, answered }) => [actual, answered]) : null,
    differenceAnswered: asked ? lead(({ answered }) => answered) : null,
    hinted: asked ? meanOf(({ actual, hinted }) => [actual, hinted]) : null,
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The forecasts of `values` that `also` has too. */
const shared = (values: Float64Array, also: Float64Array): Float64Array =>
  values.map((value, i) => (Number.isNaN(also[i]) ? Number.NaN : value))
