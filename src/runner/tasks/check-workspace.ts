import { cp, lstat, mkdir, rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Task } from './task.ts'
import { taskGit, taskGitText } from './task-git.ts'
import { type TaskRepository, treeWith } from './task-repository.ts'
import { applyPatch, makeWorkspace } from './workspace.ts'

/**
 * Makes the workspace of a check: the commit, what the agent changed, and over both what it never saw. Files that belong
 * elsewhere in the sandbox than into the workspace are left to it.
 * @throws KnownError git-failed where a patch does not apply
 */
export async function makeCheckWorkspace(
  {
    task,
    repository,
    patch,
  }: { readonly task: Task; readonly repository: TaskRepository; readonly patch: Buffer },
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await makeWorkspace(repository, folder, signal)
  await applyPatch(folder, patch, signal)
  const { files, patch: hidden } = task.check
  if (hidden !== null) await layPatch(repository, { folder, patch: Buffer.from(hidden), signal })
  if (files === null || files.to.startsWith('/')) return
  const target = await clearPath(folder, files.to)
  await cp(files.from, target, { recursive: true })
}

/** The paths of a patch as it leaves them, whatever the agent made of them. */
async function layPatch(
  { directory, commit }: TaskRepository,
  {
    folder,
    patch,
    signal,
  }: { readonly folder: string; readonly patch: Buffer; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const tree = await treeWith({ directory, signal }, commit, patch)
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', commit, tree]
  const [kept, gone]: [string[], string[]] = [[], []]
  const words = (await taskGitText({ directory, args, signal })).split('\0')
  for (let at = 0; at + 1 < words.length; at += 2) (words[at] === 'D' ? gone : kept).push(words[at + 1] ?? '')
  for (const path of [...gone, ...kept]) await clearPath(folder, path)
  if (kept.length === 0) return
  const index = join(folder, '.git', 'index-of-check')
  await taskGit({
    ...{ directory, workTree: folder, index, signal },
    args: ['checkout', tree, '--', ...kept],
  })
  await rm(index)
}

/** Takes away what is at a path, and what stands in its way: a link there could lead out of the workspace. */
async function clearPath(folder: string, path: string): Promise<string> {
  const target = join(folder, path)
  const above = posix.dirname(path).split('/')
  for (let depth = 1; depth <= above.length; depth++) {
    const parent = join(folder, ...above.slice(0, depth))
    const found = await lstat(parent).catch(() => null)
    if (found !== null && !found.isDirectory()) await rm(parent)
    if (found === null || !found.isDirectory()) await mkdir(parent)
  }
  await rm(target, { recursive: true, force: true })
  return target
}

/** What a check printed and wrote, as the sandbox tells it. */
export interface CheckEnd {
  readonly exit: number | null
  readonly output: string
  /** What the files of a reward hold, those that are there. */
  readonly rewards: readonly string[]
}

/** Whether the check says that the task is resolved. */
export function isResolved({ passing }: Task['check'], { exit, output, rewards }: CheckEnd): boolean {
  switch (passing.kind) {
    case 'exit':
      return exit === 0
    case 'reward':
      return rewards.some((text) => rewardIn(text) >= 1)
    case 'tests': {
      const passed = new Set(output.split('\n').flatMap((line) => /^PASSED (.+?)\s*$/.exec(line)?.[1] ?? []))
      return passing.names.length > 0 && passing.names.every((name) => passed.has(name))
    }
  }
  return passing satisfies never
}

/** Of a number, or of an object with `reward` in it. */
function rewardIn(text: string): number {
  const plain = Number(text.trim() === '' ? Number.NaN : text)
  if (!Number.isNaN(plain)) return plain
  try {
    const parsed: unknown = JSON.parse(text)
    const told = typeof parsed === 'object' && parsed !== null && 'reward' in parsed ? parsed.reward : null
    return typeof told === 'number' ? told : 0
  } catch {
    return 0 // Not a number: the check did not get so far
  }
}
