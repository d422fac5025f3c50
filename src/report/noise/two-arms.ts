import { clusterTest } from '../../metrics/cluster-test.ts'
import { clusteredDifference } from '../../metrics/clustered-difference.ts'
import { detectableEffect } from '../../metrics/power.ts'
import { trendScores } from '../../metrics/score-contributions.ts'
import { tost } from '../../metrics/tost.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import { drawsFor } from '../difference.ts'
import type { Measured, Unsaid } from '../document.ts'

/** Outcomes of two arms with what goes together. */
export interface TwoArms {
  readonly outcomes: Float64Array
  /** 0 = the reference, 1 = the other. */
  readonly arms: Uint8Array
  /** Codes of tasks, or of bursts. */
  readonly codes: Int32Array
}

/** What two arms tell: a difference, whether it is larger than the noise, and whether it is surely small. */
export interface ArmsCompared {
  /** Arm 1 less arm 0. */
  readonly difference: Measured | Unsaid
  /** Two-sided, of no difference. */
  readonly p: number | Unsaid
  /** Of a difference beyond the margin either way (two one-sided tests); null = no margin was asked about. */
  readonly equivalenceP: number | Unsaid
  /** The smallest true difference that would be seen with a power of 80 %. */
  readonly detectable: number | Unsaid
}

const SEED = 1

/** Compares two arms by clusters. */
export function compareArms(both: TwoArms, margin: number): ArmsCompared {
  const { outcomes: values, arms, codes } = both
  const found = attempt(() => clusteredDifference({ values, arms, codes }))
  if ('unsaid' in found) return { difference: found, p: found, equivalenceP: found, detectable: found }
  return {
    difference: measured(found.estimate, found, values.length),
    p: permutation(both),
    equivalenceP: attempt(() => tost(found, margin).p),
    detectable: found.standardError > 0 ? detectableEffect(found) : unsaid('no spread'),
  }
}

/** The same outcome in every run is no difference. */
function permutation({ outcomes, arms, codes }: TwoArms): number | Unsaid {
  if (outcomes.every((value) => value === outcomes[0])) return 1
  return attempt(
    () =>
      clusterTest(trendScores({ outcomes, codes }, arms), { seed: SEED, draws: drawsFor(outcomes.length) })
        .midP,
  )
}

/** The rows of two arms, one after the other. */
export function stacked(
  reference: { readonly values: Float64Array; readonly codes: Int32Array },
  other: { readonly values: Float64Array; readonly codes: Int32Array },
): TwoArms {
  const size = reference.values.length
  const outcomes = new Float64Array(size + other.values.length)
  const [arms, codes] = [new Uint8Array(outcomes.length), new Int32Array(outcomes.length)]
  outcomes.set(reference.values)
  outcomes.set(other.values, size)
  arms.fill(1, size)
  codes.set(reference.codes)
  codes.set(other.codes, size)
  return { outcomes, arms, codes }
}
