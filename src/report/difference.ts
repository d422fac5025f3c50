import { measured, unsaid } from './cells.ts'
import type { Measured, Unsaid } from './document.ts'
import type { Sample } from './sample.ts'
import { meanDifference, pairedTest, type TwoArmRows, taskDifferences } from './task-differences.ts'

/** Differences in the resolution rate below this may be set-up rather than skill, unless the set-ups are the same. */
export const SETUP_NOISE = 0.03

/** Two samples compared on the tasks they share. */
export interface Difference {
  /** Tasks that both have. */
  readonly tasks: number
  /** The mean over these of what the first has on a task less what the second has: every task counts once. */
  readonly difference: Measured | Unsaid
  readonly standardError: number | null
  /**
   * Two-sided: McNemar for one run each a task, else a permutation of the signs of the tasks. It is the exact p, never
   * below its level and often above it; reports on noise show the mid-p, which is at its level.
   */
  readonly p: number | Unsaid
}

/** The first less the second, task by task. */
export function differenceOf(first: Sample, second: Sample): Difference {
  const differences = taskDifferences(bothOf(second, first))
  const tasks = differences.values.length
  if (tasks < 2) {
    const none = unsaid(tasks === 0 ? 'no task in common' : 'one task in common')
    return { tasks, difference: none, standardError: null, p: none }
  }
  const found = meanDifference(differences)
  if ('unsaid' in found) return { tasks, difference: found, standardError: null, p: found }
  return {
    tasks,
    difference: measured(found.estimate, found.standardError > 0 ? found : null, differences.runs),
    standardError: found.standardError,
    p: pairedTest(differences).p,
  }
}

/** The rows of both, the first as arm 0. */
function bothOf(reference: Sample, other: Sample): TwoArmRows {
  const size = reference.values.length
  const outcomes = new Float64Array(size + other.values.length)
  const [arms, tasks] = [new Uint8Array(outcomes.length), new Int32Array(outcomes.length)]
  for (const [arm, { values, tasks: of, taskCodes }] of [reference, other].entries()) {
    const from = arm * size
    outcomes.set(values, from)
    arms.fill(arm, from, from + values.length)
    for (let i = 0; i < of.length; i++) tasks[from + i] = taskCodes[of[i] as number] as number
  }
  return { outcomes, arms, cells: tasks, tasks }
}
