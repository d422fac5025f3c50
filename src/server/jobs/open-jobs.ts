import type { Job, jobReader } from '../../store/jobs.ts'
import { type TrainingTold, telling } from '../learning/training-told.ts'
import type { RunDesk } from '../service-context.ts'
import type { ServiceSettings } from '../settings/service-settings.ts'
import type { Writer } from '../writer/writer.ts'
import { type JobListeners, jobListeners } from './job-events.ts'
import { type JobQueue, jobQueue } from './job-queue.ts'
import { checkOffered, type Offered, readOffered, writePlan } from './run-desk.ts'
import { runWork } from './run-work.ts'
import { type TrainingWork, trainingWork } from './training-work.ts'

/** Runs and trainings, going on by themselves. */
export interface Jobs {
  /** Null = nothing may be run here. */
  readonly runs: RunDesk | null
  readonly trainings: JobQueue
  readonly listeners: JobListeners
  /** Goes on with what was left when the service ended. */
  readonly resume: () => Promise<void>
  readonly close: () => Promise<void>
}

interface JobsOptions extends Omit<TrainingWork, 'graceMs'> {
  readonly service: ServiceSettings
  readonly writer: Writer
  readonly jobs: ReturnType<typeof jobReader>
  /** What names the store and the prices. */
  readonly storeOptions: readonly string[]
  /** Where plans are written. */
  readonly folder: string
  /** Told what came of each training. */
  readonly onTraining: (told: TrainingTold) => void
  readonly onTrouble: (message: string) => void
}

/** So long what runs may take to come to an end. */
const GRACE_MS = 20_000
/** So many trainings wait. */
const MOST_TRAININGS = 10

/** @throws KnownError task-malformed, agent-malformed, file-not-found, service-malformed */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { service, writer, jobs, nowMs, onTrouble } = options
  const listeners = jobListeners()
  const eventsOf = (id: string): number => jobs.lastPlace(id)
  const shared = { writer, listeners, nowMs, onTrouble, eventsOf }
  const offered = service.runs.tasks.length === 0 ? null : await readOffered(service.runs)
  const runs = offered === null ? null : runDesk(options, offered, shared)
  const trainings = jobQueue({
    ...{ ...shared, kind: 'training', concurrency: 1, mostWaiting: MOST_TRAININGS },
    work: telling(trainingWork({ ...options, graceMs: GRACE_MS }), options.onTraining),
  })
  return {
    ...{ runs, trainings, listeners },
    async resume() {
      for (const job of jobs.open('run'))
        if (runs !== null) runs.queue.take(job)
        else await interrupted(writer, job, nowMs())
      for (const job of jobs.open('training')) await interrupted(writer, job, nowMs())
    },
    async close() {
      await Promise.all([runs?.queue.close(), trainings.close()])
      listeners.wake()
    },
  }
}

const interrupted = (writer: Writer, { id }: Job, nowMs: number): Promise<void> =>
  writer.write({ change: { id, state: 'interrupted', endedAt: new Date(nowMs).toISOString() } })

type Shared = Pick<
  Parameters<typeof jobQueue>[0],
  'writer' | 'listeners' | 'nowMs' | 'onTrouble' | 'eventsOf'
>

function runDesk(options: JobsOptions, offered: Offered, shared: Shared): RunDesk {
  const { service, place, storeOptions, folder, jobs } = options
  const { backend, concurrency, mostWaiting, budget, replay } = service.runs
  const queue = jobQueue({
    ...{ ...shared, kind: 'run', concurrency, mostWaiting },
    work: runWork({
      place,
      planFile: (id, asked) => writePlan(folder, id, { asked, offered, perRun: budget ?? {} }),
      options: [`--backend=${backend}`, ...(replay === null ? [] : [`--replay=${replay}`]), ...storeOptions],
      planOf: (job) => planOf(jobs, job),
      graceMs: GRACE_MS,
    }),
  })
  return {
    queue,
    check: (asked) => checkOffered(offered, asked),
    tasks: [...offered.tasks.keys()],
    agents: [...offered.agents.keys()],
    isReplayed: replay !== null,
  }
}

/** The plan that a job has told of: it goes on with that. */
function planOf(jobs: JobsOptions['jobs'], job: string): string | null {
  const [planned] = jobs.events(job, 0, 100).filter(({ event }) => event === 'planned')
  if (planned === undefined) return null
  const { plan } = JSON.parse(planned.data) as { readonly plan: string }
  return plan
}
