import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'
import { isAlive, type Owner, thisOwner } from '../sandbox/local/owner.ts'
import type { AttemptRecord } from './attempt/attempt-record.ts'

/** What is known of an attempt when it begins: enough to tell of it when the runner is killed. */
export interface BegunAttempt {
  readonly id: string
  readonly planned: string
  readonly place: number
  /** Of the gateway. */
  readonly run: string
  readonly startedAt: string
  readonly concurrency: number
}

/** The plan as it was started: all that `--resume` needs to go on in the same way. */
export interface PlanStart {
  readonly schema: 'plan-run/1'
  readonly id: string
  readonly startedAt: string
  /** Absolute. */
  readonly path: string
  /** The folder that it was started in: paths among the options are relative to it. */
  readonly cwd: string
  /** The options that it was started with. */
  readonly options: Readonly<Record<string, unknown>>
  /** Every planned run, in order: where the plan has changed meanwhile, it is another one. */
  readonly planned: readonly string[]
}

/** One line of the journal of a plan. */
export type PlanEntry =
  | ({ readonly say: 'plan' } & PlanStart)
  | ({ readonly say: 'begun' } & BegunAttempt)
  | { readonly say: 'ended'; readonly record: AttemptRecord }
  | { readonly say: 'done' }

/** What happened in a plan, as lines that are on the disk before anything is built on them. */
export interface PlanJournal {
  readonly append: (entry: PlanEntry) => void
  readonly close: () => void
}

/** A plan as its journal tells of it. */
export interface PlanState {
  readonly start: PlanStart
  readonly begun: readonly BegunAttempt[]
  readonly ended: readonly AttemptRecord[]
  readonly isDone: boolean
}

const fileOf = (folder: string, id: string): string => join(folder, `${id}.jsonl`)
const lockOf = (folder: string, id: string): string => join(folder, `${id}.lock`)

/** Begins the journal of a plan that nobody else runs. */
export async function beginJournal(folder: string, start: PlanStart): Promise<PlanJournal> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await lock(folder, start.id)
  const journal = appendTo(folder, start.id, 'ax')
  journal.append({ say: 'plan', ...start })
  syncFolder(folder)
  return journal
}

/** Goes on with a journal. @throws KnownError plan-busy where its runner is alive */
export async function continueJournal(folder: string, id: string): Promise<PlanJournal> {
  await lock(folder, id)
  cutTornLine(fileOf(folder, id))
  return appendTo(folder, id, 'a')
}

function appendTo(folder: string, id: string, flags: string): PlanJournal {
  const descriptor = openSync(fileOf(folder, id), flags, 0o600)
  let isOpen = true
  return {
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`)
      for (let done = 0; done < line.length; ) done += writeSync(descriptor, line, done)
      fsyncSync(descriptor)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      closeSync(descriptor)
      rmSync(lockOf(folder, id), { force: true })
    },
  }
}

/** Whether a process that is alive runs the plan. */
export async function isRun(folder: string, id: string): Promise<boolean> {
  const owner = readOwner(lockOf(folder, id))
  return owner !== null && isAlive(owner)
}

/** Whoever has the file runs the plan, as long as it lives. */
async function lock(folder: string, id: string): Promise<void> {
  const file = lockOf(folder, id)
  const owner = readOwner(file)
  if (owner !== null && (await isAlive(owner)))
    throw new KnownError('plan-busy', `${id} is run by process ${owner.pid}`)
  const draft = `${file}.${randomUUID()}`
  writeFileSync(draft, JSON.stringify(await thisOwner()), { mode: 0o600 })
  renameSync(draft, file)
}

function readOwner(file: string): Owner | null {
  if (!existsSync(file)) return null
  return JSON.parse(readFileSync(file, 'utf8')) as Owner
}

/** A line that a killed runner had begun to write was never acted on. */
function cutTornLine(file: string): void {
  const bytes = readFileSync(file)
  const whole = bytes.lastIndexOf(10) + 1
  if (whole === bytes.length) return
  const descriptor = openSync(file, 'r+')
  ftruncateSync(descriptor, whole)
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function syncFolder(folder: string): void {
  for (const path of [folder, dirname(folder)]) {
    const descriptor = openSync(path, 'r')
    fsyncSync(descriptor)
    closeSync(descriptor)
  }
}

/** Reads what happened in a plan so far; null = it was never begun. */
export function readPlanState(folder: string, id: string): PlanState | null {
  const lines = readFileSync(fileOf(folder, id), 'utf8').split('\n')
  lines.pop()
  const entries = lines.map((line) => JSON.parse(line) as PlanEntry)
  const [first] = entries
  if (first?.say !== 'plan') return null
  const { say: _, ...start } = first
  return {
    start,
    begun: entries.filter((entry) => entry.say === 'begun'),
    ended: entries.flatMap((entry) => (entry.say === 'ended' ? entry.record : [])),
    isDone: entries.some(({ say }) => say === 'done'),
  }
}

/** The plans that were begun and not finished, the newest first. */
export function unfinishedPlans(folder: string): readonly PlanState[] {
  if (!existsSync(folder)) return []
  const ids = readdirSync(folder).flatMap((name) => /^(.+)\.jsonl$/.exec(name)?.[1] ?? [])
  return ids
    .flatMap((id) => readPlanState(folder, id) ?? [])
    .filter(({ isDone }) => !isDone)
    .sort((a, b) => (a.start.startedAt < b.start.startedAt ? 1 : -1))
}
