import type { System } from './system.ts'

/** Known values of a quantity for the runs of a system, with the task of each; in the order of the tasks. */
export interface Sample {
  readonly values: Float64Array
  /** The task of each, as numbered in the system: the clusters. */
  readonly tasks: Int32Array
  /** The code in the episodes of each task of the system, ascending. */
  readonly taskCodes: Int32Array
  /** Places of these runs in the episodes. */
  readonly rows: Int32Array
  /** Runs of the system where it is unknown. */
  readonly unknown: number
}

/** The runs of a system where a column, and every one of `also`, is known. */
export function sampleOf(system: System, column: Float64Array, ...also: readonly Float64Array[]): Sample {
  const { rows, tasks } = system
  const known: number[] = []
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    if (Number.isNaN(column[row]) || also.some((other) => Number.isNaN(other[row]))) continue
    known.push(k)
  }
  const places = Int32Array.from(known)
  const kept = places.map((k) => rows[k] as number)
  return {
    values: Float64Array.from(kept, (row) => column[row] as number),
    tasks: places.map((k) => tasks[k] as number),
    taskCodes: system.taskCodes,
    rows: kept,
    unknown: rows.length - kept.length,
  }
}

/** Another column for the same runs. */
export const along = ({ rows }: Sample, column: Float64Array): Float64Array =>
  Float64Array.from(rows, (row) => column[row] as number)

/** How many distinct tasks there are in codes that are sorted. */
export function countTasks(tasks: Int32Array): number {
  let count = 0
  for (let i = 0; i < tasks.length; i++) if (i === 0 || tasks[i] !== tasks[i - 1]) count++
  return count
}

/** The runs of tasks that have more than one in the sample. */
export function repeated(sample: Sample): Sample {
  const { values, tasks, rows } = sample
  const isRepeated = (i: number) => tasks[i] === tasks[i - 1] || tasks[i] === tasks[i + 1]
  const kept = Int32Array.from(tasks.keys()).filter(isRepeated)
  return {
    ...sample,
    values: Float64Array.from(kept, (i) => values[i] as number),
    tasks: kept.map((i) => tasks[i] as number),
    rows: kept.map((i) => rows[i] as number),
  }
}
