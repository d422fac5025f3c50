import { clusterTest } from '../metrics/cluster-test.ts'
import { clusteredDifference } from '../metrics/clustered-difference.ts'
import { mcnemar } from '../metrics/mcnemar.ts'
import { trendScores } from '../metrics/score-contributions.ts'
import { attempt, measured, unsaid } from './cells.ts'
import type { Measured, Unsaid } from './document.ts'
import { countTasks, type Sample } from './sample.ts'
import { onSharedTasks } from './shared-tasks.ts'

/** Differences in the resolution rate below this may be set-up rather than skill, unless the set-ups are the same. */
export const SETUP_NOISE = 0.03

/** Two samples compared on the tasks they share. */
export interface Difference {
  /** Tasks that both have. */
  readonly tasks: number
  /** Mean of the first less that of the second. */
  readonly difference: Measured | Unsaid
  readonly standardError: number | null
  /** Two-sided: exact McNemar for one run each a task, else a permutation of the signs of the tasks. */
  readonly p: number | Unsaid
}

const SEED = 1

/** The first less the second, task by task. */
export function differenceOf(first: Sample, second: Sample): Difference {
  const [a, b] = onSharedTasks(first, second)
  const tasks = countTasks(a.tasks)
  if (tasks === 0) {
    return {
      tasks,
      difference: unsaid('no task in common'),
      standardError: null,
      p: unsaid('no task in common'),
    }
  }
  const both = bothArms(b, a)
  const found = attempt(() => clusteredDifference(both))
  if ('unsaid' in found) return { tasks, difference: found, standardError: null, p: found }
  const isSingle = a.values.length === tasks && b.values.length === tasks
  return {
    tasks,
    difference: measured(found.estimate, found, both.values.length),
    standardError: found.standardError,
    p: isSingle && isBinary(a) && isBinary(b) ? mcnemarOf(a, b) : permuted(both, tasks),
  }
}

/** The same values in both arms are no difference, whatever the signs. */
const permuted = ({ values, arms, codes }: ReturnType<typeof bothArms>, tasks: number): number | Unsaid =>
  values.every((value) => value === values[0])
    ? 1
    : attempt(
        () =>
          clusterTest(trendScores({ outcomes: values, codes }, arms), { seed: SEED, draws: drawsFor(tasks) })
            .p,
      )

/** Fewer where there are many tasks: the work is bounded, and the law of large numbers steadies what is left. */
export const drawsFor = (tasks: number): number => Math.max(999, Math.min(9999, Math.round(DRAWN / tasks)))
const DRAWN = 2_000_000

/** The rows of both, the first as arm 0. */
function bothArms(first: Sample, second: Sample) {
  const size = first.values.length
  const values = new Float64Array(size + second.values.length)
  const [arms, codes] = [new Uint8Array(values.length), new Int32Array(values.length)]
  values.set(first.values)
  values.set(second.values, size)
  arms.fill(1, size)
  codes.set(first.tasks)
  codes.set(second.tasks, size)
  return { values, arms, codes }
}

const isBinary = ({ values }: Sample): boolean => values.every((value) => value === 0 || value === 1)

function mcnemarOf(a: Sample, b: Sample): number {
  let [onlyA, onlyB] = [0, 0]
  for (let i = 0; i < a.values.length; i++) {
    if ((a.values[i] as number) > (b.values[i] as number)) onlyA++
    else if ((a.values[i] as number) < (b.values[i] as number)) onlyB++
  }
  return mcnemar(onlyA, onlyB).p
}
