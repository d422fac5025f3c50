import { KnownError } from '../errors.ts'
import { dot, innerProducts, times } from '../regress/linear.ts'
import type { Matrix } from '../regress/matrix.ts'
import { absorbed } from './absorb.ts'
import { clusterSums, clustersOf, type Numbered } from './cluster-codes.ts'
import { type Estimate, tEstimate } from './clustered-estimate.ts'
import { checkLevel } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { beyondRounding, ROUNDING, spread, squares } from './spread.ts'
import { tTwoSided } from './student-t.ts'
import { symmetricInverse } from './symmetric-inverse.ts'

export interface PanelRows {
  readonly outcomes: ArrayLike<number>
  readonly regressors: readonly ArrayLike<number>[]
  /** Two groupings of the rows, such as task and model, each level of which has an effect of its own. */
  readonly effects: readonly [ArrayLike<number>, ArrayLike<number>]
  /** The cluster of each row. */
  readonly codes: ArrayLike<number>
}

/** A slope, in units of the outcome per unit of its regressor. */
export interface Slope extends Estimate {
  /** Two-sided t; without any error 1 for a slope of 0, else 0. */
  readonly p: number
}

/**
 * Least squares on some regressors with two sets of fixed effects taken out, and cluster-robust errors (CR1, Cameron and
 * Miller 2015): factor G / (G − 1) · (N − 1) / (N − K), K not counting effects nested in clusters; t with G − 1 degrees.
 */
export function fixedEffects(rows: PanelRows, level = 0.95): Slope[] {
  checkLevel(level)
  const { outcomes, regressors } = rows
  for (const column of [...regressors, ...rows.effects, rows.codes]) checkPairs(outcomes, column)
  const [first, second, clusters] = [
    clustersOf(rows.effects[0]),
    clustersOf(rows.effects[1]),
    clustersOf(rows.codes),
  ]
  const x = regressors.map((column) => absorbed(column, first, second))
  for (const [j, column] of x.entries()) {
    if (beyondRounding(squares(column), spread(regressors[j] as ArrayLike<number>)) === 0)
      throw new KnownError('too-little-data', `regressor ${j} does not vary beyond the fixed effects`)
  }
  const y = absorbed(outcomes, first, second)
  const table = stacked(x)
  const inverse = symmetricInverse(innerProducts(table, table))
  const slopes = times(
    inverse,
    Float64Array.from(x, (column) => dot(column, y)),
  )
  for (const [j, column] of x.entries()) subtract(y, slopes[j] as number, column)
  const counted = x.length + 1 + [first, second].reduce((total, set) => total + freeLevels(set, clusters), 0)
  const errors = standardErrors({ x, residuals: y, inverse, clusters, counted })
  const df = clusters.count - 1
  return x.map((column, j) => {
    // A slope that rounding alone makes, or an error that it alone leaves, is none.
    const least = ROUNDING * Math.sqrt(spread(outcomes) / squares(column))
    const beyond = (value: number | undefined): number =>
      value === undefined || Math.abs(value) <= least ? 0 : value
    const [estimate, standardError] = [beyond(slopes[j]), beyond(errors[j])]
    const known = { estimate, standardError, n: outcomes.length, clusters: clusters.count, df }
    const p = standardError > 0 ? tTwoSided(estimate / standardError, df) : estimate === 0 ? 1 : 0
    return { ...tEstimate(known, level), p }
  })
}

interface Fit {
  readonly x: readonly Float64Array[]
  readonly residuals: Float64Array
  readonly inverse: Matrix
  readonly clusters: Numbered
  /** Parameters that cost a degree of freedom. */
  readonly counted: number
}

function standardErrors({ x, residuals, inverse, clusters, counted }: Fit): Float64Array {
  const [rows, groups] = [residuals.length, clusters.count]
  if (groups < 2 || rows <= counted)
    throw new KnownError('too-little-data', `${rows} rows of ${groups} clusters for ${counted} parameters`)
  const scores = x.map((column) =>
    clusterSums(
      column.map((value, i) => value * (residuals[i] as number)),
      clusters,
    ),
  )
  const squares = new Float64Array(x.length)
  for (let g = 0; g < groups; g++) {
    const influence = times(
      inverse,
      Float64Array.from(scores, (score) => score[g] as number),
    )
    for (let j = 0; j < squares.length; j++)
      squares[j] = (squares[j] as number) + (influence[j] as number) ** 2
  }
  const factor = ((groups / (groups - 1)) * (rows - 1)) / (rows - counted)
  return squares.map((square) => Math.sqrt(square * factor))
}

/** Levels of a set of effects beyond the first, unless each lies in one cluster: then the clusters count for them. */
function freeLevels(effects: Numbered, clusters: Numbered): number {
  const home = new Int32Array(effects.count).fill(-1)
  for (let i = 0; i < effects.of.length; i++) {
    const [level, g] = [effects.of[i] as number, clusters.of[i] as number]
    if (home[level] !== -1 && home[level] !== g) return effects.count - 1
    home[level] = g
  }
  return 0
}

/** Columns as the rows of one table. */
function stacked(columns: readonly Float64Array[]): Matrix {
  const length = columns[0]?.length ?? 0
  const values = new Float64Array(columns.length * length)
  for (const [j, column] of columns.entries()) values.set(column, j * length)
  return { rows: columns.length, columns: length, values }
}

function subtract(from: Float64Array, factor: number, column: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - factor * (column[i] as number)
}
