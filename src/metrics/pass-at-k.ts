import { KnownError } from '../errors.ts'
import { type Clusters, clusterSizes, clusterSums, clustersOf } from './cluster-codes.ts'
import { checkPairs } from './pairs.ts'
import type { Proportion } from './proportion.ts'

/** pass@k: the chance that at least one of k tries succeeds, unbiased: 1 − C(n − c, k) / C(n, k) (Chen et al. 2021). */
export function passAtK({ successes, trials }: Proportion, k: number): number {
  checkTries({ successes, trials }, k)
  return 1 - chosen(trials - successes, trials, k)
}

/** pass^k: the chance that all of k tries succeed, unbiased: C(c, k) / C(n, k) (Yao et al. 2024). */
export function passHatK({ successes, trials }: Proportion, k: number): number {
  checkTries({ successes, trials }, k)
  return chosen(successes, trials, k)
}

export interface TaskPasses {
  /** The code of each task with at least k tries, ascending. */
  readonly tasks: Int32Array
  readonly atK: Float64Array
  readonly hatK: Float64Array
  /** Tasks with fewer tries, which tell nothing about k. */
  readonly leftOut: number
}

/** pass@k and pass^k of each task; their mean over tasks is the benchmark's, its interval by `clusteredMean`. */
export function passesPerTask(outcomes: ArrayLike<number>, codes: ArrayLike<number>, k: number): TaskPasses {
  checkPairs(outcomes, codes)
  const clusters: Clusters = clustersOf(codes)
  const [tries, wins] = [clusterSizes(clusters), clusterSums(outcomes, clusters)]
  const kept = Int32Array.from(clusters.codes.keys()).filter((task) => (tries[task] as number) >= k)
  if (kept.length === 0)
    throw new KnownError('too-little-data', `no task of ${clusters.count} has ${k} tries`)
  const of = (each: typeof passAtK): Float64Array =>
    Float64Array.from(kept, (task) =>
      each({ successes: wins[task] as number, trials: tries[task] as number }, k),
    )
  return {
    tasks: kept.map((task) => clusters.codes[task] as number),
    atK: of(passAtK),
    hatK: of(passHatK),
    leftOut: clusters.count - kept.length,
  }
}

/** C(some, k) / C(all, k), factor by factor. */
function chosen(some: number, all: number, k: number): number {
  let product = 1
  for (let i = 0; i < k; i++) product *= Math.max(0, some - i) / (all - i)
  return product
}

function checkTries({ successes, trials }: Proportion, k: number): void {
  const whole = [successes, trials, k].every(Number.isInteger)
  if (!whole || successes < 0 || successes > trials || k < 1)
    throw new KnownError('data-malformed', `${successes} successes in ${trials} tries, k = ${k}`)
  if (k > trials) throw new KnownError('too-little-data', `pass@${k} of ${trials} tries`)
}
