import { clusteredDifference } from '../../metrics/clustered-difference.ts'
import { clustersForEquivalence, detectableEffect, type Precision } from '../../metrics/power.ts'
import { trendScores } from '../../metrics/score-contributions.ts'
import { tQuantile } from '../../metrics/student-t.ts'
import { tost } from '../../metrics/tost.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import { clusterP } from '../cluster-p.ts'
import type { Measured, Unsaid } from '../document.ts'
import { meanDifference, pairedTest, type TaskDifferences, taskDifferences } from '../task-differences.ts'
import { type ArmRuns, onSharedCells } from './arm-runs.ts'
import { placesOf, spreadOf, type Units, unitsOf } from './units.ts'

/** What two arms tell: a difference, whether it is larger than the noise, and whether it is surely small. */
export interface ArmsCompared {
  /** Tasks that were run in both, and the runs of others, which tell nothing. */
  readonly tasks: number
  readonly leftOut: number
  /** Arm 1 less arm 0. */
  readonly difference: Measured | Unsaid
  /** Two-sided, of no difference; ties counted half (mid-p). */
  readonly p: number | Unsaid
  /** Of a difference beyond the margin either way (two one-sided tests). */
  readonly equivalenceP: number | Unsaid
  /** The smallest true difference that would be seen with a power of 80 %. */
  readonly detectable: number | Unsaid
  /** With so many such tasks equality within the margin would be seen in 8 of 10 tries, were there no difference. */
  readonly tasksNeeded: number | Unsaid
}

export interface Comparing {
  /** Differences within it count as none, 0–1. */
  readonly margin: number
  /** How many comparisons are made, for which the level is shared out when plans are judged. */
  readonly comparisons: number
  readonly draws?: number
}

const ALPHA = 0.05

/**
 * What is resolved, task by task. Where hosts or days had arms of their own, what these do counts as noise too: the less
 * certain of both answers is given.
 */
export function compareByTask(episodes: Episodes, all: ArmRuns, comparing: Comparing): ArmsCompared {
  const runs = onSharedCells(all)
  const differences = taskDifferences(runs)
  const places = placesOf(episodes, runs.rows)
  const units = spreadOf(places, runs.arms) === 'within' ? null : unitsOf(places, runs.arms)
  return answer(all, differences, {
    comparing,
    p: () => {
      const byTask = pairedTest(differences, comparing.draws).midP
      return units === null ? byTask : Math.max(byTask, unitP(runs, { units, comparing }))
    },
    precision: () => {
      const byTask = meanDifference(differences)
      if (units === null || 'unsaid' in byTask) return byTask
      return wider(byTask, unitPrecision(runs, units))
    },
  })
}

/** Infra errors, host by host and day by day, where these are recorded and enough; else task by task. */
export function compareInBursts(episodes: Episodes, all: ArmRuns, comparing: Comparing): ArmsCompared {
  const runs = onSharedCells(all)
  const units = unitsOf(placesOf(episodes, runs.rows), runs.arms)
  if (units === null) return compareByTask(episodes, all, comparing)
  const differences = taskDifferences(runs)
  return answer(all, differences, {
    comparing,
    p: () => unitP(runs, { units, comparing }),
    precision: () => unitPrecision(runs, units),
  })
}

interface Tested {
  readonly comparing: Comparing
  readonly p: () => number
  readonly precision: () => Precision | Unsaid
}

function answer(
  all: ArmRuns,
  differences: TaskDifferences,
  { comparing, p, precision }: Tested,
): ArmsCompared {
  const { values, tasks: codes, runs } = differences
  const tasks = new Set(codes).size
  const counts = { tasks, leftOut: all.rows.length - runs }
  if (tasks < 2) {
    const none = unsaid(tasks === 0 ? 'no task was run in both' : 'one task only was run in both')
    return { ...counts, difference: none, p: none, equivalenceP: none, detectable: none, tasksNeeded: none }
  }
  const estimate = values.reduce((sum, value) => sum + value, 0) / values.length
  const known = precision()
  if ('unsaid' in known || !(known.standardError > 0)) {
    const none = 'unsaid' in known ? known : unsaid('every task came out alike in both')
    const plain = { equivalenceP: none, detectable: none, tasksNeeded: none }
    return { ...counts, difference: measured(estimate, null, runs), p: attempt(p), ...plain }
  }
  const half = tQuantile(1 - ALPHA / 2, known.df) * known.standardError
  const alpha = ALPHA / comparing.comparisons
  const sd = known.standardError * Math.sqrt(tasks)
  return {
    ...counts,
    difference: measured(estimate, { low: estimate - half, high: estimate + half }, runs),
    p: attempt(p),
    equivalenceP: attempt(() => tost({ estimate, ...known }, comparing.margin).p),
    detectable: detectableEffect(known, { alpha }),
    tasksNeeded: attempt(() => clustersForEquivalence(comparing.margin, sd, { alpha })),
  }
}

/** Outcomes that are all alike differ nowhere. */
function unitP(
  { outcomes, arms }: ArmRuns,
  { units, comparing }: { readonly units: Units; readonly comparing: Comparing },
): number {
  if (outcomes.every((value) => value === outcomes[0])) return 1
  const blocks = units.blocks === null ? {} : { blocks: units.blocks }
  return clusterP(trendScores({ outcomes, codes: units.codes, ...blocks }, arms), comparing.draws).midP
}

function unitPrecision({ outcomes: values, arms }: ArmRuns, { codes }: Units): Precision | Unsaid {
  return attempt(() => clusteredDifference({ values, arms, codes }))
}

const wider = (a: Precision, b: Precision | Unsaid): Precision | Unsaid => {
  if ('unsaid' in b) return b
  const half = ({ standardError, df }: Precision) => tQuantile(1 - ALPHA / 2, df) * standardError
  return half(a) > half(b) ? a : b
}
