import { KnownError } from '../errors.ts'
import { normalTwoSided } from './chi-square-distribution.ts'
import { checkProportion, type Proportion } from './proportion.ts'

/** The successes at one dose, such as one resource multiplier. */
export interface Dose extends Proportion {
  readonly score: number
}

/**
 * Test of a linear trend in proportions over ordered groups (Cochran 1954, Armitage 1955): z, positive where the
 * proportion rises with the score, and its two-sided p. It takes runs to be independent, which repeats are not.
 */
export function cochranArmitage(doses: readonly Dose[]): { readonly z: number; readonly p: number } {
  for (const dose of doses) checkProportion(dose)
  const total = (of: (dose: Dose) => number): number => doses.reduce((sum, dose) => sum + of(dose), 0)
  const trials = total((dose) => dose.trials)
  const share = total((dose) => dose.successes) / trials
  const centre = total((dose) => dose.trials * dose.score) / trials
  const statistic = total(({ score, successes }) => (score - centre) * successes)
  const spread = total((dose) => dose.trials * (dose.score - centre) ** 2)
  const variance = share * (1 - share) * spread
  if (!(variance > 0))
    throw new KnownError('too-little-data', `no trend over ${doses.length} groups with a share of ${share}`)
  const z = statistic / Math.sqrt(variance)
  return { z, p: normalTwoSided(z) }
}
