import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { column, type Matrix, zeros } from './matrix.ts'
import { checkColumns, checkTraining } from './training-data.ts'

/** How columns are put on one scale: (value − mean) / scale; `indicators` are the columns whose absence is a column too. */
export interface Scaling {
  readonly means: readonly number[]
  /** Standard deviations with divisor n; 0 where a column was constant or never seen: it says nothing and becomes 0. */
  readonly scales: readonly number[]
  readonly indicators: readonly number[]
}

export interface ScalingParams {
  /** Adds one 0/1 column for every column with missing values in training. */
  readonly indicators?: boolean
}

/** Learns means and standard deviations (divisor n, as scikit-learn) over the cells that are there. */
export function fitScaling(x: Matrix, params: ScalingParams = {}): Scaling {
  if (x.rows === 0) throw new KnownError('too-little-data', '0 rows to standardise')
  const columns = Array.from({ length: x.columns }, (_, j) => spread(column(x, j), j))
  const missing = columns.flatMap(({ gaps }, j) => (gaps > 0 && gaps < x.rows ? [j] : []))
  return {
    means: plain(columns.map((each) => each.mean)),
    scales: plain(columns.map((each) => each.scale)),
    indicators: params.indicators ? missing : [],
  }
}

/** The table on the learnt scale: rows × (columns + indicators), without missing cells (missing → 0, the mean). */
export function standardise(scaling: Scaling, x: Matrix): Matrix {
  checkColumns(x, scaling.means.length)
  const out = zeros(x.rows, x.columns + scaling.indicators.length)
  for (let i = 0; i < x.rows; i++) {
    const [from, to] = [i * x.columns, i * out.columns]
    for (let j = 0; j < x.columns; j++) {
      const scale = scaling.scales[j] as number
      const value = ((x.values[from + j] as number) - (scaling.means[j] as number)) / scale
      out.values[to + j] = scale === 0 || Number.isNaN(value) ? 0 : value
    }
    for (const [k, j] of scaling.indicators.entries()) {
      out.values[to + x.columns + k] = Number.isNaN(x.values[from + j]) ? 1 : 0
    }
  }
  return out
}

/** An estimator that sees standardised columns; the scaling is learnt with it and kept in its state. */
export const standardised = <P, S>(
  inner: Estimator<P, S>,
  scalingParams: ScalingParams = {},
): Estimator<P, { readonly scaling: Scaling; readonly inner: S }> => ({
  id: `standardised-${inner.id}`,
  fit(x, y, params) {
    checkTraining(x, y)
    const scaling = fitScaling(x, scalingParams)
    return { scaling, inner: inner.fit(standardise(scaling, x), y, params) }
  },
  predict: (state, x) => inner.predict(state.inner, standardise(state.scaling, x)),
})

function spread(values: Float64Array, j: number): { mean: number; scale: number; gaps: number } {
  const seen = values.filter((value) => !Number.isNaN(value))
  const gaps = values.length - seen.length
  if (seen.length === 0) return { mean: 0, scale: 0, gaps }
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length
  if (!Number.isFinite(mean))
    throw new KnownError('data-malformed', `column ${j} has an infinite or huge value`)
  const scale = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length)
  // Rounding gives a constant column a spread of a few ulp, which must not be blown up.
  return { mean, scale: scale <= 1e-13 * Math.abs(mean) ? 0 : scale, gaps }
}
