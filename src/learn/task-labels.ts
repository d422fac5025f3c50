/** What people say of a task. Null = not said. */
export interface TaskLabel {
  /** Such as `15 min - 1 hour`. */
  readonly difficulty: string | null
  /** Such as `bug fix`. */
  readonly kind: string | null
}

/** Labels by `labelKey`. */
export type TaskLabels = ReadonlyMap<string, TaskLabel>

/** A task by benchmark and id; a benchmark of null stands for any. */
export const labelKey = (benchmark: string | null, id: string): string => JSON.stringify([benchmark, id])

/** The label of a task: that of its benchmark, or else that for any; null = it has none. */
export const labelOf = (labels: TaskLabels, benchmark: string | null, id: string): TaskLabel | null =>
  labels.get(labelKey(benchmark, id)) ?? labels.get(labelKey(null, id)) ?? null
