import type { Episodes } from '../store/episodes.ts'

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

/** The label of each task of the episodes, by its code: that of its benchmark, or else that for any; null = it has none. */
export function labelsByTask(episodes: Episodes, labels: TaskLabels): readonly (TaskLabel | null)[] {
  const { task, benchmark } = episodes
  const found: (TaskLabel | null)[] = task.names.map((id) => labels.get(labelKey(null, id)) ?? null)
  const seen = new Uint8Array(task.names.length)
  for (let i = 0; i < episodes.size; i++) {
    const code = task.codes[i] as number
    if (code < 0 || seen[code] === 1) continue
    seen[code] = 1
    const name = benchmark.names[benchmark.codes[i] as number] ?? null
    const own = labels.get(labelKey(name, task.names[code] ?? ''))
    if (own !== undefined) found[code] = own
  }
  return found
}
