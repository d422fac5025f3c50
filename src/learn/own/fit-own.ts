import type { Bundle, HeadState } from '../../forecast/bundle.ts'
import { type CrossedFit, fitCrossed, rowValue } from '../../regress/crossed-effects.ts'
import type { CrossedVariances } from '../../regress/crossed-equations.ts'
import { normalCumulative, normalDensity } from '../../regress/normal.ts'
import type { Quantity } from '../dataset.ts'
import { type CellRows, type OwnCell, rowsOf } from './cells.ts'
import { type PairShape, PLAIN_SHAPE } from './design.ts'
import type { OwnHistory } from './history.ts'
import { type Layout, layoutOf } from './layout.ts'
import { pairShapes } from './pair-shapes.ts'
import { runVarianceOf } from './run-variance.ts'
import { type HeadView, viewOf } from './seen-task.ts'
import { type FoundVariances, fitVariances } from './variances.ts'

/** One quantity of one head, learnt on. */
export interface OwnQuantity {
  readonly fit: CrossedFit
  readonly variances: FoundVariances
  /** By pair. */
  readonly shapes: readonly PairShape[]
  readonly rows: CellRows
}

/** A head of the bundle, learnt on from own runs. */
export interface OwnHead {
  readonly layout: Layout
  readonly view: HeadView
  readonly quantities: Readonly<Record<Quantity, OwnQuantity>>
}

export interface OwnInput {
  readonly bundle: Bundle
  readonly history: OwnHistory
  readonly cells: readonly OwnCell[]
}

/** Rounds in which the shapes of pairs, and what varies under them, are found. */
const SHAPE_ROUNDS = 2

/** Learns on from own cells; `like`: another head, from whose variances the search sets out. */
export function fitOwnHead(input: OwnInput, head: HeadState, like?: OwnHead): OwnHead {
  const { bundle, history, cells } = input
  const layout = layoutOf(bundle, head, history)
  const view = viewOf(head, history.tasks)
  const fitQuantity = (quantity: Quantity): OwnQuantity => {
    const run = runVarianceOf(history, quantity, runVarianceBefore(bundle, quantity))
    let shapes: readonly PairShape[] = layout.pairs.map(() => PLAIN_SHAPE)
    let scales = like?.quantities[quantity].variances.scales ?? null
    const fitted = () => {
      const rows = rowsOf(history, cells, { layout, view, quantity, shapes })
      const variances = fitVariances(rows, { bundle, layout, quantity, run }, scales)
      scales = variances.scales
      return { shapes, variances, ...withCensored(rows, cells, variances) }
    }
    let found = fitted()
    for (let round = 0; round < SHAPE_ROUNDS; round++) {
      shapes = pairShapes({ ...found, cells, layout })
      found = fitted()
    }
    return found
  }
  return { layout, view, quantities: { output: fitQuantity('output'), total: fitQuantity('total') } }
}

/** Fits on other cells under the variances and shapes found before. */
export function refitOwnHead(input: OwnInput, { layout, view, quantities }: OwnHead): OwnHead {
  const refit = (quantity: Quantity): OwnQuantity => {
    const { shapes, variances } = quantities[quantity]
    const rows = rowsOf(input.history, input.cells, { layout, view, quantity, shapes })
    return { shapes, variances, ...withCensored(rows, input.cells, variances) }
  }
  return { layout, view, quantities: { output: refit('output'), total: refit('total') } }
}

/** Variance of one run about the mean of its task and pair, before any own run is seen. */
export const runVarianceBefore = ({ pairs }: Bundle, quantity: Quantity): number =>
  pairs.reduce((sum, { runNoise }) => sum + runNoise[quantity] ** 2, 0) / pairs.length

/** Rounds in which what a run cut short would have taken is guessed anew. */
const ROUNDS = 3

/**
 * Fits with cells that tell "at least so much" at what they are expected to have taken: the mean of a normal
 * distribution cut off below (Tobin 1958), which is found together with the fit (expectation–maximisation).
 */
function withCensored(
  rows: CellRows,
  cells: readonly OwnCell[],
  variances: CrossedVariances,
): Pick<OwnQuantity, 'rows' | 'fit'> {
  let [filled, fit] = [rows, fitCrossed(rows, variances)]
  const censored = cells.flatMap(({ censored }, i) => (censored ? [i] : []))
  for (let round = 0; censored.length > 0 && round < ROUNDS; round++) {
    const y = Float64Array.from(rows.y)
    const sd = Math.sqrt(variances.row + variances.run + variances.group)
    for (const i of censored) {
      const mean = rowValue(rows.x, fit.effects, i)
      y[i] = mean + sd * meanAbove(((rows.y[i] as number) - mean) / sd)
    }
    filled = { ...rows, y }
    fit = fitCrossed(filled, variances)
  }
  return { fit, rows: filled }
}

/** Mean of a standard normal value known to lie above `floor`. */
function meanAbove(floor: number): number {
  const above = 1 - normalCumulative(floor)
  return above < 1e-9 ? floor + 1 / Math.max(1, floor) : normalDensity(floor) / above
}
