import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { KnownError, type Problem } from '../../errors.ts'
import { problemAt, valueAt } from '../file-problems.ts'
import { type PlanPath, type PlanText, readPlanText } from '../plan-text.ts'
import { readTextFile } from '../text-file.ts'
import { RESOURCES, type Task, type TaskSource, TIME_LIMITS } from './task.ts'
import { TaskFile } from './task-file.ts'
import { taskProblems } from './task-problems.ts'

/**
 * Reads a task from its `task.yaml`.
 * @throws KnownError file-unreadable; task-malformed, with every problem, its JSON pointer, line and fix
 */
export async function readTaskFolder(file: string): Promise<Task> {
  const text = await readTextFile(file)
  const source = readPlanText(text)
  const problems =
    source.syntax.length > 0
      ? source.syntax
      : [...source.keys, ...taskProblems(source), ...(await absentFiles(source, dirname(file)))]
  if (problems.length > 0) throw malformedTask(file, problems)
  return taskOf(TaskFile.parse(source.value), file)
}

/** The failure that lists what is wrong with a task. */
export function malformedTask(file: string, problems: readonly Problem[]): KnownError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const many = sorted.length === 1 ? 'a problem' : `${sorted.length} problems`
  return new KnownError('task-malformed', `${file} has ${many}`, { problems: sorted })
}

const FILES: readonly { readonly path: PlanPath; readonly kind: 'file' | 'folder'; readonly or?: string }[] =
  [
    { path: ['issue'], kind: 'file', or: 'issue.md' },
    { path: ['repository', 'files'], kind: 'folder' },
    { path: ['repository', 'path'], kind: 'folder' },
    { path: ['repository', 'bundle'], kind: 'file' },
    { path: ['repository', 'patch'], kind: 'file' },
    { path: ['check', 'files'], kind: 'folder' },
  ]

async function absentFiles(source: PlanText, folder: string): Promise<readonly Problem[]> {
  const looked = FILES.map(async ({ path, kind, or }) => {
    const named = valueAt(source.value, path) ?? or
    if (typeof named !== 'string' || named === '' || named.includes('\0')) return []
    const found = await stat(resolve(folder, named)).catch(() => null)
    if (kind === 'file' ? found?.isFile() : found?.isDirectory()) return []
    return [
      problemAt(source, path, {
        found: `no ${kind} ${JSON.stringify(named)}`,
        fix: 'put it there, or correct the path',
      }),
    ]
  })
  return (await Promise.all(looked)).flat()
}

async function taskOf(said: TaskFile, file: string): Promise<Task> {
  const folder = dirname(resolve(file))
  const at = (path: string) => resolve(folder, path)
  const { command, files, to } = said.check
  return {
    name: said.name ?? basename(folder),
    benchmark: null,
    issue: await readTextFile(at(said.issue ?? 'issue.md')),
    source: sourceOf(said.repository, at),
    image: said.image ?? null,
    imageFolder: null,
    expectsNetwork: false,
    setup: said.setup ?? null,
    check: {
      command,
      env: {},
      files: files === undefined ? null : { from: at(files), to: to ?? 'check' },
      writes: null,
      patch: null,
      passing: { kind: 'exit' },
    },
    resources: {
      cpus: said.resources?.cpus ?? RESOURCES.cpus,
      memoryMib: said.resources?.memoryMib ?? RESOURCES.memoryMib,
    },
    timeLimits: {
      setupSeconds: said.timeLimits?.setupSeconds ?? TIME_LIMITS.setupSeconds,
      agentSeconds: said.timeLimits?.agentSeconds ?? TIME_LIMITS.agentSeconds,
      checkSeconds: said.timeLimits?.checkSeconds ?? TIME_LIMITS.checkSeconds,
    },
  }
}

function sourceOf(said: TaskFile['repository'], at: (path: string) => string): TaskSource {
  if (said.files !== undefined) return { kind: 'files', folder: at(said.files) }
  const change = {
    commit: said.commit ?? 'HEAD',
    patch: said.patch === undefined ? null : at(said.patch),
  }
  if (said.bundle !== undefined) return { kind: 'bundle', file: at(said.bundle), ...change }
  if (said.image !== undefined) return { kind: 'image', folder: said.image }
  return { kind: 'git', from: said.url ?? at(said.path ?? '.'), ...change }
}
