import { clusterPermutation } from './cluster-permutation.ts'
import type { Scores } from './score-contributions.ts'
import { signFlip } from './sign-flip.ts'

export interface ResamplingParams {
  readonly seed: number
  /** Random draws where there are too many arrangements to list; default 9,999. */
  readonly draws?: number
}

/** A test by rearranging whole clusters. */
export interface ClusterTest {
  /** Share of arrangements at least as extreme as the one seen, itself among them: never 0. */
  readonly p: number
  /** The same with ties counted half: nearer to its level where outcomes are few and whole. */
  readonly midP: number
  readonly comparison: Scores['comparison']
  readonly rows: number
  /** Clusters that can tell: with a contribution, or with others to change places with. */
  readonly clusters: number
  readonly draws: number
  /** Whether every arrangement was listed. */
  readonly exact: boolean
}

/**
 * Whether an outcome goes with a covariate when runs of one cluster go together, for scores of `trendScores` or
 * `groupScores`. Inside clusters the signs of their contributions are flipped; across clusters they change places.
 */
export function clusterTest(scores: Scores, params: ResamplingParams): ClusterTest {
  return scores.comparison === 'within' ? signFlip(scores, params) : clusterPermutation(scores, params)
}
