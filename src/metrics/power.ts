import { KnownError } from '../errors.ts'
import { tQuantile, tTail } from './student-t.ts'

/** How exact an estimate is, or will be. */
export interface Precision {
  /** In the units of the effect. */
  readonly standardError: number
  readonly df: number
}

export interface PowerParams {
  /** Of the two-sided test, of each one-sided test for equivalence; default 0.05. */
  readonly alpha?: number
  /** Default 0.8. */
  readonly power?: number
}

/** The smallest true effect that a two-sided t test finds with the wished power: SE · (t at 1 − α/2 + t at power), Bloom (1995). */
export function detectableEffect({ standardError, df }: Precision, params: PowerParams = {}): number {
  const { alpha, power } = checked(params)
  return standardError * (tQuantile(1 - alpha / 2, df) + tQuantile(power, df))
}

/** How often a two-sided t test finds an effect of this size, in its direction; the inverse of `detectableEffect`. */
export function powerFor(effect: number, { standardError, df }: Precision, params: PowerParams = {}): number {
  const { alpha } = checked(params)
  return tTail(tQuantile(1 - alpha / 2, df) - Math.abs(effect) / standardError, df)
}

/** How often two one-sided tests (`tost`) show a true difference to be inside ± margin (Chow, Shao and Wang 2003, 3.2.3). */
export function equivalencePower(
  { margin, effect = 0 }: { readonly margin: number; readonly effect?: number },
  { standardError, df }: Precision,
  params: PowerParams = {},
): number {
  const critical = tQuantile(1 - checked(params).alpha, df)
  const missed = (gap: number): number => tTail(gap / standardError - critical, df)
  return Math.max(0, 1 - missed(margin - effect) - missed(margin + effect))
}

/** How many clusters find an effect, when the effect of a cluster has standard deviation `sd` (df = clusters − 1). */
export const clustersToDetect = (effect: number, sd: number, params: PowerParams = {}): number =>
  fewestClusters(sd, (plan) => detectableEffect(plan, params) <= Math.abs(effect))

/** How many clusters show equivalence within ± margin when there is no difference. */
export const clustersForEquivalence = (margin: number, sd: number, params: PowerParams = {}): number =>
  fewestClusters(sd, (plan) => equivalencePower({ margin }, plan, params) >= checked(params).power)

const MOST = 2 ** 26

function fewestClusters(sd: number, enough: (plan: Precision) => boolean): number {
  if (!(sd > 0)) throw new KnownError('data-malformed', `a standard deviation of ${sd}`)
  const isEnough = (clusters: number): boolean =>
    enough({ standardError: sd / Math.sqrt(clusters), df: clusters - 1 })
  if (!isEnough(MOST)) throw new KnownError('too-little-data', `more than ${MOST} clusters would be needed`)
  let [low, high] = [1, MOST]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}

function checked({ alpha = 0.05, power = 0.8 }: PowerParams): Required<PowerParams> {
  if (!(alpha > 0 && alpha < 0.5)) throw new KnownError('data-malformed', `a significance level of ${alpha}`)
  if (!(power > 0 && power < 1)) throw new KnownError('data-malformed', `a power of ${power}`)
  return { alpha, power }
}
