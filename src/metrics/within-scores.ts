import { absorbed, centred } from './absorb.ts'
import { type Clusters, clusterSums, type Numbered } from './cluster-codes.ts'
import { beyondRounding, ROUNDING, spread, squares } from './spread.ts'

/** A covariate against an outcome inside clusters: what the sign-flip test turns round. */
export interface WithinScores {
  readonly comparison: 'within'
  readonly rows: number
  /** For each dimension of the covariate, Σ x̃ · y over the rows of each cluster, x̃ = x less its cluster's mean. */
  readonly contributions: readonly Float64Array[]
  /** For each dimension, Σ x̃². */
  readonly information: Float64Array
}

/** An outcome and a covariate of one or more dimensions, column by column. */
export interface ScoreColumns {
  readonly outcomes: ArrayLike<number>
  readonly dimensions: number
  readonly column: (dimension: number) => ArrayLike<number>
  readonly clusters: Clusters
  /** Groups whose level is no question, such as days. */
  readonly strata: Numbered | null
  /** Groups inside which clusters may change places. */
  readonly blocks: Numbered | null
}

/**
 * Score contributions of a model with an effect of each cluster (and stratum): the outcome's and the covariate's means
 * per cluster are taken out, so that whole clusters may be easier or harder without telling for the covariate.
 */
export function withinScores(columns: Omit<ScoreColumns, 'blocks'>): WithinScores {
  const { outcomes, dimensions, column, clusters, strata } = columns
  const left = (values: ArrayLike<number>): Float64Array =>
    strata === null ? centred(values, clusters) : absorbed(values, clusters, strata)
  const residuals = left(outcomes)
  const scale = spread(outcomes)
  const contributions: Float64Array[] = []
  const information = new Float64Array(dimensions)
  for (let d = 0; d < dimensions; d++) {
    const x = left(column(d))
    information[d] = beyondRounding(squares(x), spread(column(d)))
    for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) * (residuals[i] as number)
    const least = information[d] === 0 ? Infinity : ROUNDING * Math.sqrt((information[d] as number) * scale)
    contributions.push(clusterSums(x, clusters).map((value) => (Math.abs(value) > least ? value : 0)))
  }
  return { comparison: 'within', rows: outcomes.length, contributions, information }
}
