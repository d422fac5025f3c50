import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../../errors.ts'
import { readHarbor } from './read-harbor.ts'
import { readSweBench, type SweBenchOptions } from './read-swe-bench.ts'
import { readTaskFolder } from './read-task-folder.ts'
import type { Task } from './task.ts'

/**
 * Reads what is at a path: a folder of a task (`task.yaml`, or `task.toml` of Harbor), a folder of such folders, or a file
 * of instances of SWE-bench.
 * @throws KnownError file-not-found, task-malformed
 */
export async function readTasks(
  path: string,
  options: Partial<SweBenchOptions> = {},
): Promise<readonly Task[]> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new KnownError('file-not-found', path)
  if (found.isFile()) return readFileOf(path, options)
  const own = await readFolder(path)
  if (own !== null) return [own]
  const names = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const tasks = await Promise.all(names.map(({ name }) => readFolder(join(path, name))))
  const there = tasks.filter((task) => task !== null).sort((a, b) => (a.name < b.name ? -1 : 1))
  if (there.length > 0) return there
  throw new KnownError('task-malformed', `${path} has neither task.yaml nor task.toml, nor have its folders`)
}

async function readFileOf(path: string, options: Partial<SweBenchOptions>): Promise<readonly Task[]> {
  if (/\.ya?ml$/i.test(path)) return [await readTaskFolder(path)]
  if (/\.toml$/i.test(path)) return [await readHarbor(path)]
  return readSweBench(path, options)
}

/** Null = it is no folder of a task. */
async function readFolder(folder: string): Promise<Task | null> {
  const names = await readdir(folder)
  if (names.includes('task.yaml')) return readTaskFolder(join(folder, 'task.yaml'))
  return names.includes('task.toml') ? readHarbor(join(folder, 'task.toml')) : null
}
