import { KnownError } from '../../errors.ts'
import type { Job, JobKind, JobState } from '../../store/jobs.ts'
import type { Writer } from '../writer/writer.ts'
import type { JobListeners } from './job-events.ts'

/** What a job came to. */
export interface JobResult {
  readonly state: Extract<JobState, 'done' | 'failed' | 'cancelled' | 'interrupted'>
  readonly answer?: unknown
  readonly failure?: KnownError
}

/** A job while it is done. */
export interface JobAtWork {
  readonly job: Job
  /** Aborted when it is to end: it is cancelled, or the service is ended. */
  readonly signal: AbortSignal
  /** Keeps that something happened, and tells it. */
  readonly happened: (event: string, data: unknown) => void
  /** Tells how it stands. */
  readonly stands: (event: string, data: unknown) => void
}

export interface JobQueueOptions {
  readonly kind: JobKind
  /** So many at once. */
  readonly concurrency: number
  readonly mostWaiting: number
  readonly writer: Writer
  readonly listeners: JobListeners
  readonly nowMs: () => number
  readonly work: (at: JobAtWork) => Promise<JobResult>
  /** Of a job that was begun before: its events so far. */
  readonly eventsOf: (id: string) => number
  readonly onTrouble: (message: string) => void
}

/** Jobs of one kind, one after the other. */
export interface JobQueue {
  /** @throws KnownError `queue-full` where too many wait */
  readonly checkRoom: () => void
  /** Takes a job that is in the store. */
  readonly take: (job: Job) => void
  /** False = it is not here. */
  readonly cancel: (id: string) => boolean
  readonly waiting: () => number
  readonly running: () => number
  /** Takes nothing further, and ends what runs. */
  readonly close: () => Promise<void>
}

/** Why a job is ended. */
class Cancelled extends Error {}

export function jobQueue(options: JobQueueOptions): JobQueue {
  const waiting: Job[] = []
  const running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>()
  let isClosed = false
  const next = (): void => {
    while (!isClosed && running.size < options.concurrency) {
      const job = waiting.shift()
      if (job === undefined) return
      const controller = new AbortController()
      const done = perform(options, job, controller.signal)
        .catch((error: unknown) => options.onTrouble(`job ${job.id}: ${String(error)}`))
        .finally(() => {
          running.delete(job.id)
          next()
        })
      running.set(job.id, { controller, done })
    }
  }
  return {
    checkRoom() {
      if (waiting.length >= options.mostWaiting)
        throw new KnownError('queue-full', `${waiting.length} wait already`)
    },
    take(job) {
      waiting.push(job)
      next()
    },
    cancel(id) {
      const place = waiting.findIndex((job) => job.id === id)
      const [unbegun] = place < 0 ? [] : waiting.splice(place, 1)
      if (unbegun !== undefined) {
        void settle(options, unbegun, { state: 'cancelled' })
        return true
      }
      running.get(id)?.controller.abort(new Cancelled('it was cancelled'))
      return running.has(id)
    },
    waiting: () => waiting.length,
    running: () => running.size,
    async close() {
      isClosed = true
      for (const { controller } of running.values()) controller.abort(new Error('the service is ended'))
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

async function perform(options: JobQueueOptions, job: Job, signal: AbortSignal): Promise<void> {
  const { writer, nowMs, listeners } = options
  let place = options.eventsOf(job.id)
  const happened = (event: string, data: unknown): void => {
    const told = { place: ++place, at: new Date(nowMs()).toISOString(), event, data: JSON.stringify(data) }
    writer
      .write({ events: { id: job.id, events: [told] } })
      .then(() => listeners.happened(job.id, told))
      .catch((error: unknown) => options.onTrouble(`job ${job.id}: ${String(error)}`))
  }
  const startedAt = new Date(nowMs()).toISOString()
  await writer.write({
    change: { id: job.id, state: 'running', ...(job.startedAt === null ? { startedAt } : {}) },
  })
  const stands = (event: string, data: unknown): void => listeners.stands(job.id, event, JSON.stringify(data))
  const result = await options.work({ job, signal, happened, stands }).catch(asFailure(options, job))
  await settle(options, job, signal.reason instanceof Cancelled ? { ...result, state: 'cancelled' } : result)
}

const asFailure =
  ({ onTrouble }: JobQueueOptions, { id }: Job) =>
  (error: unknown): JobResult => {
    if (error instanceof KnownError) return { state: 'failed', failure: error }
    onTrouble(`job ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return { state: 'failed' }
  }

async function settle(
  { writer, nowMs, listeners }: JobQueueOptions,
  { id }: Job,
  { state, answer, failure }: JobResult,
): Promise<void> {
  const told =
    failure === undefined
      ? undefined
      : { code: failure.code, title: failure.message.split(':')[0], detail: failure.detail, fix: failure.fix }
  const endedAt = new Date(nowMs()).toISOString()
  await writer.write({ change: { id, state, endedAt, answer, failure: told } })
  listeners.ended(id)
}
