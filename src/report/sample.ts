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
  const { rows, tasks, taskCodes } = system
  const columns = [column, ...also]
  const kept = new Int32Array(rows.length)
  let size = 0
  for (let k = 0; k < rows.length; k++) if (isKnown(columns, rows[k] as number)) kept[size++] = k
  return {
    ...pickedFrom(rows, tasks, kept.subarray(0, size), column),
    taskCodes,
    unknown: rows.length - size,
  }
}

function isKnown(columns: readonly Float64Array[], row: number): boolean {
  for (const column of columns) if (Number.isNaN(column[row])) return false
  return true
}

/** Loops, not callbacks: this is done for every system and quantity, over all runs. */
function pickedFrom(rows: Int32Array, tasks: Int32Array, kept: Int32Array, column: Float64Array) {
  const picked = {
    values: new Float64Array(kept.length),
    tasks: new Int32Array(kept.length),
    rows: new Int32Array(kept.length),
  }
  for (let i = 0; i < kept.length; i++) {
    const k = kept[i] as number
    const row = rows[k] as number
    picked.values[i] = column[row] as number
    picked.tasks[i] = tasks[k] as number
    picked.rows[i] = row
  }
  return picked
}

/** Another column for the same runs. */
export function along({ rows }: Pick<Sample, 'rows'>, column: Float64Array): Float64Array {
  const values = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i] as number] as number
  return values
}

/** The runs of a sample at these places of it. */
export function partOf(sample: Sample, places: Int32Array): Sample {
  const { values, tasks, rows } = sample
  const part = {
    values: new Float64Array(places.length),
    tasks: new Int32Array(places.length),
    rows: new Int32Array(places.length),
  }
  for (let i = 0; i < places.length; i++) {
    const k = places[i] as number
    part.values[i] = values[k] as number
    part.tasks[i] = tasks[k] as number
    part.rows[i] = rows[k] as number
  }
  return { ...sample, ...part }
}

/** Places at which a test holds, in order. */
export function placesWhere(size: number, holds: (place: number) => boolean): Int32Array {
  const places = new Int32Array(size)
  let found = 0
  for (let i = 0; i < size; i++) if (holds(i)) places[found++] = i
  return places.slice(0, found)
}

/** How many distinct tasks there are in codes that are sorted. */
export function countTasks(tasks: Int32Array): number {
  let count = 0
  for (let i = 0; i < tasks.length; i++) if (i === 0 || tasks[i] !== tasks[i - 1]) count++
  return count
}

/** The runs of tasks that have more than one in the sample. */
export function repeated(sample: Sample): Sample {
  const { tasks } = sample
  const isRepeated = (i: number) => tasks[i] === tasks[i - 1] || tasks[i] === tasks[i + 1]
  return partOf(sample, placesWhere(tasks.length, isRepeated))
}
