import { estimateOf } from '../cells.ts'
import { SETUP_NOISE } from '../difference.ts'
import type { Measured, Unsaid } from '../document.ts'
import { rateOf } from '../figures-of-sample.ts'
import { amountText } from '../report-cell.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Arm } from './arms.ts'
import { type AgainstFloor, isBelow, type Multipliers } from './multipliers.ts'
import { rounded } from './verdict.ts'

/** What share of the infra errors of the floor counts as mostly gone. */
const MOSTLY_GONE = 0.5

/** The multiple of the floor to run with, and why; or why none can be named. */
export interface Calibration {
  readonly arm: Arm | null
  readonly reason: string
}

/**
 * The smallest multiplier whose infra errors are mostly gone (half of the floor's or less, and surely fewer) and whose
 * resolution rate equals the floor's within the margin: resources take errors away without giving agents more than the
 * task was meant to. The floor itself where it surely has none to speak of.
 */
export function calibrationOf(subject: Subject, { arms, againstFloor }: Multipliers): Calibration {
  const rate = ({ system }: Arm) => rateOf(sampleOf(system, subject.quantities.infra))
  const [floor] = arms
  if (floor === undefined) return { arm: null, reason: 'there are no runs' }
  const errors = rate(floor)
  if ('unsaid' in errors) return { arm: null, reason: `of no run at ${floor.name} it is known how it ended` }
  if (errors.estimate === 0) return atFloor(floor, errors)
  const cleared = againstFloor.filter(({ arm, infraP }) => {
    const own = estimateOf(rate(arm))
    return own !== null && own <= MOSTLY_GONE * errors.estimate && isBelow(infraP)
  })
  const chosen = cleared.find(({ isEquivalent }) => isEquivalent)
  if (chosen !== undefined) {
    const left = amountText(estimateOf(rate(chosen.arm)) ?? 0, 'share')
    return {
      arm: chosen.arm,
      reason: `infra errors are down from ${amountText(errors.estimate, 'share')} at ${floor.name} to ${left}, and as much is resolved`,
    }
  }
  return { arm: null, reason: whyNone(floor, errors, cleared) }
}

function atFloor(floor: Arm, { n, high }: Measured): Calibration {
  const none = `none of ${n} runs at ${floor.name} was ended by the infrastructure`
  return high !== null && high < SETUP_NOISE
    ? { arm: floor, reason: none }
    : { arm: null, reason: `${none}, but so few runs could hide a rate of ${SETUP_NOISE * 100} % and more` }
}

function whyNone(floor: Arm, { estimate }: Measured, cleared: readonly AgainstFloor[]): string {
  const [first] = cleared
  if (first === undefined)
    return `at none are infra errors surely down to half of the ${amountText(estimate, 'share')} at ${floor.name}`
  const { arm, resolved, resolvedP } = first
  const gone = `infra errors are mostly gone at ${arm.name}`
  if (isBelow(resolvedP)) {
    const size = amountText(estimateOf(resolved.difference) ?? 0, 'points')
    return `${gone}, but not as much is resolved there as at ${floor.name} (${size})`
  }
  return `${gone}, but whether as much is resolved there cannot be told${neededText(resolved.tasksNeeded)}`
}

const neededText = (tasks: number | Unsaid): string =>
  typeof tasks === 'number' ? `: that takes about ${rounded(tasks)} tasks` : ''
