import { holm } from '../../metrics/holm.ts'
import type { Unsaid } from '../document.ts'
import type { Subject } from '../subject.ts'
import type { System } from '../system.ts'
import { armRunsOf } from './arm-runs.ts'
import { type Arm, armsOf } from './arms.ts'
import { type Assignment, assignmentOf } from './assignment.ts'
import { trendOf } from './trend.ts'
import { type ArmsCompared, compareByTask, compareInBursts } from './two-arms.ts'

const ALPHA = 0.05

/** An arm against the tightest one. */
export interface AgainstFloor {
  readonly arm: Arm
  readonly infra: ArmsCompared
  readonly resolved: ArmsCompared
  /** Adjusted over the arms of the system (Holm). */
  readonly infraP: number | Unsaid
  readonly resolvedP: number | Unsaid
  /** Of a difference beyond the margin, after the same adjustment. */
  readonly equivalenceP: number | Unsaid
  readonly isEquivalent: boolean
}

/** What resources do to one system. */
export interface Multipliers {
  readonly system: System
  readonly arms: readonly Arm[]
  readonly assignment: Assignment
  readonly againstFloor: readonly AgainstFloor[]
  readonly infraTrend: number | Unsaid
  readonly resolvedTrend: number | Unsaid
}

export interface MultipliersAsked {
  /** Differences within it count as none, 0–1. */
  readonly margin: number
  /** Of each test; default: as many as reports make. */
  readonly draws?: number
}

/** Null where the runs of a system were all made under the same resources. */
export function multipliersOf(subject: Subject, system: System, asked: MultipliersAsked): Multipliers | null {
  const { episodes, quantities } = subject
  const arms = armsOf(episodes, system)
  if (arms.length < 2) return null
  const trend = (column: Float64Array, inBursts: boolean) =>
    trendOf(episodes, armRunsOf(episodes, arms, column), { ...asked, inBursts })
  return {
    system,
    arms,
    assignment: assignmentOf(episodes, arms),
    againstFloor: adjusted(againstFloor(subject, arms, asked)),
    infraTrend: trend(quantities.infra, true),
    resolvedTrend: trend(quantities.resolved, false),
  }
}

type Unadjusted = Pick<AgainstFloor, 'arm' | 'infra' | 'resolved'>

function againstFloor(
  { episodes, quantities }: Subject,
  [floor, ...rest]: readonly Arm[],
  asked: MultipliersAsked,
): readonly Unadjusted[] {
  if (floor === undefined) return []
  const comparing = { ...asked, comparisons: rest.length }
  const runsOf = (arm: Arm, column: Float64Array) => armRunsOf(episodes, [floor, arm], column)
  return rest.map((arm) => ({
    arm,
    infra: compareInBursts(episodes, runsOf(arm, quantities.infra), comparing),
    resolved: compareByTask(episodes, runsOf(arm, quantities.resolved), comparing),
  }))
}

function adjusted(compared: readonly Unadjusted[]): readonly AgainstFloor[] {
  const infraPs = adjustedPs(compared.map(({ infra }) => infra.p))
  const resolvedPs = adjustedPs(compared.map(({ resolved }) => resolved.p))
  const equalPs = adjustedPs(compared.map(({ resolved }) => resolved.equivalenceP))
  return compared.map((one, i) => {
    const equivalenceP = equalPs[i] as number | Unsaid
    return {
      ...one,
      infraP: infraPs[i] as number | Unsaid,
      resolvedP: resolvedPs[i] as number | Unsaid,
      equivalenceP,
      isEquivalent: isBelow(equivalenceP),
    }
  })
}

/** Holm over those that could be tested. */
export function adjustedPs(ps: readonly (number | Unsaid)[]): readonly (number | Unsaid)[] {
  const adjusted = holm(ps.filter((p) => typeof p === 'number'))
  let next = 0
  return ps.map((p) => (typeof p === 'number' ? (adjusted[next++] as number) : p))
}

/** Significant. */
export const isBelow = (p: number | Unsaid): boolean => typeof p === 'number' && p < ALPHA
