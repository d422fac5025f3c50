import { estimateOf } from '../cells.ts'
import { rateOf } from '../figures-of-sample.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Arm } from './arms.ts'
import type { Multipliers } from './multipliers.ts'

/** What share of the infra errors of the floor counts as mostly gone. */
const MOSTLY_GONE = 0.5
const ALPHA = 0.05

/** The multiple of the floor to run with, or why none can be named. */
export type Calibration = { readonly arm: Arm } | { readonly reason: string }

/**
 * The smallest multiplier whose infra errors are mostly gone (half of the floor's or less, and surely fewer) and whose
 * resolution rate equals the floor's within the margin: resources take errors away without giving agents more than the
 * task was meant to.
 */
export function calibrationOf(subject: Subject, { arms, againstFloor }: Multipliers): Calibration {
  const rate = (arm: Arm) => estimateOf(rateOf(sampleOf(arm.system, subject.quantities.infra)))
  const floor = arms[0] === undefined ? null : rate(arms[0])
  if (floor === null) return { reason: 'no outcome of a run at the floor is recorded' }
  if (floor === 0) return { reason: 'there are no infra errors at the floor: it can stay' }
  const cleared = againstFloor.filter(({ arm, infraP }) => {
    const own = rate(arm)
    return own !== null && own <= MOSTLY_GONE * floor && typeof infraP === 'number' && infraP < ALPHA
  })
  if (cleared.length === 0)
    return { reason: 'at no multiple are infra errors surely down to half of those at the floor' }
  const chosen = cleared.find(({ isEquivalent }) => isEquivalent)
  if (chosen === undefined) {
    return {
      reason:
        'where infra errors are gone the resolution rate is not shown to be that of the floor: more runs, or a wider margin',
    }
  }
  return { arm: chosen.arm }
}
