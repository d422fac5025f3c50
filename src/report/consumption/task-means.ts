import type { Subject } from '../subject.ts'
import type { System } from '../system.ts'

/** What a system spent on each of its tasks and how often it resolved it: means over the runs of the task. NaN = unknown. */
export interface TaskMeans {
  readonly benchmark: string
  /** Of the system. */
  readonly name: string
  readonly ids: readonly string[]
  /** Runs behind the token means. */
  readonly runs: Float64Array
  /** All input, cached included. */
  readonly input: Float64Array
  readonly output: Float64Array
  readonly total: Float64Array
  readonly usd: Float64Array
  /** Share of the runs that resolved it. */
  readonly accuracy: Float64Array
}

/** The means of the tasks of a system, from its runs. */
export function taskMeansOf({ episodes, quantities }: Subject, system: System): TaskMeans {
  const { total, output, usd, resolved } = quantities
  const mean = (column: Float64Array) => meanByTask(system, column).means
  const [totals, outputs] = [meanByTask(system, total), mean(output)]
  return {
    benchmark: system.benchmark,
    name: system.name,
    ids: Array.from(system.taskCodes, (code) => episodes.task.names[code] ?? `no task, run ${code}`),
    runs: totals.counts,
    input: totals.means.map((value, i) => value - (outputs[i] as number)),
    output: outputs,
    total: totals.means,
    usd: mean(usd),
    accuracy: mean(resolved),
  }
}

function meanByTask({ rows, tasks, taskCodes }: System, column: Float64Array) {
  const sums = new Float64Array(taskCodes.length)
  const counts = new Float64Array(taskCodes.length)
  for (let k = 0; k < rows.length; k++) {
    const [value, task] = [column[rows[k] as number] as number, tasks[k] as number]
    if (Number.isNaN(value)) continue
    sums[task] = (sums[task] as number) + value
    counts[task] = (counts[task] as number) + 1
  }
  return { means: sums.map((sum, i) => (counts[i] === 0 ? Number.NaN : sum / (counts[i] as number))), counts }
}

/** Of every column, the tasks where a test holds. */
export function tasksWhere(means: TaskMeans, holds: (task: number) => boolean): TaskMeans {
  const kept = means.ids.map((_, i) => i).filter(holds)
  const of = (column: Float64Array) => Float64Array.from(kept, (i) => column[i] as number)
  return {
    ...means,
    ids: kept.map((i) => means.ids[i] as string),
    runs: of(means.runs),
    input: of(means.input),
    output: of(means.output),
    total: of(means.total),
    usd: of(means.usd),
    accuracy: of(means.accuracy),
  }
}

/** The tasks with a known value of a column. */
export const known = (column: Float64Array): Float64Array => column.filter((value) => !Number.isNaN(value))
