import { centred } from './absorb.ts'
import { clusterSizes, clusterSums, clustersOf, type Numbered } from './cluster-codes.ts'
import { beyondRounding, ROUNDING, spread, squares } from './spread.ts'
import { varianceComponents } from './variance-components.ts'
import type { ScoreColumns } from './within-scores.ts'

/** A covariate against an outcome across clusters: what the permutation of clusters deals out anew. */
export interface BetweenScores {
  readonly comparison: 'between'
  readonly rows: number
  /** The outcome of each cluster less the mean, scaled so that every cluster has the same variance. */
  readonly residuals: Float64Array
  /** For each dimension, the covariate of each cluster, centred and scaled alike. */
  readonly covariates: readonly Float64Array[]
  /** For each dimension, the sum of its squares. */
  readonly information: Float64Array
  /** Clusters may change places inside a block. */
  readonly blocks: Numbered
}

/**
 * Cluster means weighted by n / (1 + (n − 1) ρ), ρ the intraclass correlation of the outcome: a cluster of many runs
 * counts for more, but not for as many as it has runs (Kish 1965).
 */
export function betweenScores(columns: ScoreColumns): BetweenScores {
  const { outcomes, dimensions, column, clusters, strata } = columns
  const one: Numbered = { of: new Int32Array(outcomes.length), count: 1 }
  const left = (values: ArrayLike<number>): Float64Array => centred(values, strata ?? one)
  const y = left(outcomes)
  const sizes = clusterSizes(clusters)
  const rho = correlation(y, clusters)
  const weights = Float64Array.from(sizes, (n) => n / (1 + (n - 1) * rho))
  const blocks = columns.blocks === null ? oneBlock(clusters.count) : blocksOf(clusters, columns.blocks)
  const scaled = (values: Float64Array): Float64Array => {
    const means = clusterSums(values, clusters).map((total, g) => total / (sizes[g] as number))
    return standardised(means, weights, blocks)
  }
  const covariates = Array.from({ length: dimensions }, (_, d) => scaled(left(column(d))))
  const information = Float64Array.from(covariates, (x, d) => {
    return beyondRounding(squares(x), spread(column(d)))
  })
  const least = ROUNDING * Math.sqrt(spread(outcomes))
  const residuals = scaled(y).map((value) => (Math.abs(value) > least ? value : 0))
  return { comparison: 'between', rows: outcomes.length, residuals, covariates, information, blocks }
}

/** √w · (value − weighted mean of its block). */
function standardised(values: Float64Array, weights: Float64Array, blocks: Numbered): Float64Array {
  const totals = clusterSums(weights, blocks)
  const means = clusterSums(
    values.map((value, g) => value * (weights[g] as number)),
    blocks,
  ).map((total, b) => total / (totals[b] as number))
  return values.map(
    (value, g) => Math.sqrt(weights[g] as number) * (value - (means[blocks.of[g] as number] as number)),
  )
}

/** The intraclass correlation, in [0, 1]; 0 where no cluster has two rows or nothing varies. */
function correlation(values: Float64Array, clusters: Numbered): number {
  if (clusters.count < 2 || values.length === clusters.count) return 0
  const { between, within, size } = varianceComponents(values, clusters)
  const spread = between + (size - 1) * within
  return spread > 0 ? Math.min(1, Math.max(0, (between - within) / spread)) : 0
}

const oneBlock = (count: number): Numbered => ({ of: new Int32Array(count), count: 1 })

/** Clusters stay in their block when each of them lies in a single one. */
function blocksOf(clusters: Numbered, blocks: Numbered): Numbered {
  const of = new Int32Array(clusters.count).fill(-1)
  for (let i = 0; i < clusters.of.length; i++) {
    const g = clusters.of[i] as number
    if (of[g] !== -1 && of[g] !== blocks.of[i]) return oneBlock(clusters.count)
    of[g] = blocks.of[i] as number
  }
  return clustersOf(of)
}
