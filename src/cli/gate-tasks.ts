import { dirname, relative, resolve, sep } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import type { AskedTask } from '../forecast/read-workbench.ts'
import type { IssueDocument, TaskHints } from '../task/issue.ts'
import { readIssue } from '../task/issue-read.ts'
import type { GateRequest } from './ask-gate.ts'
import { type ListedTask, readTaskList } from './task-list.ts'

/** A task that the gate was asked about. */
export interface TaskToJudge {
  /** What it is called: its id, else its path, else its place in the list. */
  readonly key: string
  /** With slashes, relative to the folder of the budget; null = it is in no file. */
  readonly path: string | null
  readonly document: IssueDocument
  readonly repository: AskedTask['repository']
  readonly selfForecasts: AskedTask['selfForecasts']
  readonly origin: Origin
}

/** Where the text of a task stands, by absolute path. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'line'; readonly file: string; readonly id: string }
  | { readonly kind: 'elsewhere' }

/** A task that could not be judged. */
export interface FailedTask {
  readonly key: string
  readonly error: KnownError
}

/** What reading needs beside the request. */
export interface Reading {
  readonly app: App
  readonly github: Parameters<typeof readIssue>[1]['github']
}

/** Reads every task asked about; one that cannot be read stands in its place as a failure. */
export async function* readTasks(
  { app, github }: Reading,
  request: GateRequest,
): AsyncGenerator<TaskToJudge | FailedTask> {
  const keys = new Set<string>()
  const once = (task: TaskToJudge | FailedTask): TaskToJudge | FailedTask => {
    if ('error' in task || !keys.has(task.key)) {
      keys.add(task.key)
      return task
    }
    const fix = 'name it once, or give each task an id of its own'
    return { key: task.key, error: new KnownError('usage', `two tasks are called ${task.key}`, { fix }) }
  }
  for (const document of request.issues) yield once(taskOf(document, request, app.cwd))
  for (const reference of new Set(request.references)) {
    app.signal.throwIfAborted()
    const read = () => readIssue(reference, { cwd: app.cwd, stdin: app.stdin, github })
    yield once(await settled(reference, async () => taskOf(await read(), request, app.cwd)))
  }
  for (const list of request.batch)
    for await (const listed of readTaskList(app, list)) yield once(listedTask(listed, list, { request, app }))
}

/** A failure to read one task costs only that one. */
export async function settled<Answer>(
  key: string,
  work: () => Promise<Answer>,
): Promise<Answer | FailedTask> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof KnownError) return { key, error }
    throw error
  }
}

function taskOf(document: IssueDocument, request: GateRequest, cwd: string): TaskToJudge {
  const { issue, hints } = document
  const file = issue.source.kind === 'file' ? resolve(cwd, issue.source.path) : null
  const hosted = issue.source.kind === 'github' ? issue.source.repository : null
  const path = file === null ? null : pathFrom(request.budgetFile, file, cwd)
  return {
    key: hints.id ?? path ?? (issue.source.kind === 'stdin' ? 'standard input' : issue.title.slice(0, 80)),
    path,
    document,
    repository: {
      name: request.repository ?? hints.repository ?? hosted,
      path: request.repo,
      commit: request.commit ?? hints.commit ?? null,
    },
    selfForecasts: {},
    origin: file === null ? { kind: 'elsewhere' } : { kind: 'file', file },
  }
}

function listedTask(
  { number, id, task }: ListedTask,
  list: string,
  { request, app }: { readonly request: GateRequest; readonly app: App },
): TaskToJudge | FailedTask {
  const inFile = list !== '-'
  const file = resolve(app.cwd, list)
  const path = inFile ? pathFrom(request.budgetFile, file, app.cwd) : null
  const key = id === null ? `${path ?? 'standard input'}:${number}` : String(id)
  if (task instanceof KnownError) return { key, error: task }
  const { line, issue } = task
  return {
    key,
    path,
    document: { issue, hints: hintsOf(line) },
    repository: {
      name: line.repository?.name ?? request.repository,
      path: line.repository?.path ?? request.repo,
      commit: line.repository?.commit ?? request.commit,
    },
    selfForecasts: line.selfForecasts ?? {},
    origin: inFile && id !== null ? { kind: 'line', file, id: key } : { kind: 'elsewhere' },
  }
}

const hintsOf = ({
  agent,
  models,
}: {
  readonly agent?: string | null | undefined
  readonly models?: readonly string[] | null | undefined
}): TaskHints => ({
  ...(agent == null ? {} : { agent }),
  ...(models == null ? {} : { models }),
})

/** A path as rules name it: with slashes, from the folder of the budget. */
const pathFrom = (budgetFile: string, file: string, cwd: string): string =>
  relative(dirname(resolve(cwd, budgetFile)), file)
    .split(sep)
    .join('/')
