import { join } from 'node:path'
import type { Task } from './tasks/task.ts'
import { makeTaskRepository, type TaskRepository } from './tasks/task-repository.ts'

/**
 * The repository of each task, made when it is first asked for; one that could not be made is tried again. Without a way into
 * images, what lies in one is refused.
 */
export function taskRepositories(
  folder: string,
  copyFromImage?: (task: Task, into: string) => Promise<void>,
): (task: Task) => Promise<TaskRepository> {
  const made = new Map<string, Promise<TaskRepository>>()
  let count = 0
  return (task) => {
    const found = made.get(task.name)
    if (found !== undefined) return found
    const making = makeTaskRepository(task, join(folder, `${++count}.git`), {
      copyFromImage: copyFromImage === undefined ? undefined : (into) => copyFromImage(task, into),
    }).catch((error: unknown) => {
      made.delete(task.name)
      throw error
    })
    made.set(task.name, making)
    return making
  }
}
