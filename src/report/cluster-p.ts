import { type ClusterTest, clusterTest } from '../metrics/cluster-test.ts'
import type { Scores } from '../metrics/score-contributions.ts'

/** Draws of a test that is near its level, and the tenth of them that settles all others. */
export const DRAWS = 9999
const SEED = 1

/** Above it a tenth of the draws leaves no doubt. */
const CLEAR = 0.1

/** Additions that a test may take; with very many clusters fewer draws are made. */
const MOST_WORK = 1e8

/**
 * A test by rearranging clusters in two steps: few draws first, and where these leave doubt, all of them anew. As only
 * the second step can call a p small, the test keeps its level, while most tests take a tenth of the work.
 */
export function clusterP(scores: Scores, draws = DRAWS): ClusterTest {
  const few = Math.ceil(draws / 10)
  const first = clusterTest(scores, { seed: SEED, draws: few })
  const isNone = first.midP * first.draws < 1
  if (first.exact || first.midP > CLEAR || isNone) return first
  const all = Math.max(few, Math.min(draws, Math.floor(MOST_WORK / additions(scores))))
  return clusterTest(scores, { seed: SEED + 1, draws: all })
}

function additions(scores: Scores): number {
  const [columns, clusters] =
    scores.comparison === 'within'
      ? [scores.contributions.length, scores.contributions[0]?.length ?? 0]
      : [scores.covariates.length, scores.residuals.length]
  return columns * clusters
}
