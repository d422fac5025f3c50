import type { Job } from '../../store/jobs.ts'
import { liveProgress } from '../pages/live-progress.ts'
import type { LimitAsked, LiveEntry } from '../pages/runs-view.ts'
import type { RunAsked } from '../schemas/run-asked.ts'
import type { ServiceContext } from '../service-context.ts'

/** A job has few events: three a run, and a run is tried a few times. */
const MOST_EVENTS = 1000

/** A job of runs that goes on, and how far it has come. */
export function liveEntry({ jobs, listeners, nowMs }: ServiceContext, job: Job): LiveEntry {
  const { task, agent, model, limits } = job.asked as RunAsked
  const events = jobs.events(job.id, 0, MOST_EVENTS)
  const began = events.find(({ event }) => event === 'began')
  const standing = listeners.standing(job.id)
  return {
    id: job.id,
    state: job.state === 'queued' ? 'queued' : 'running',
    askedAt: job.createdAt,
    agent: agent ?? 'builtin',
    ...{ model, task },
    seconds: began === undefined ? null : Math.max(0, (nowMs() - Date.parse(began.at)) / 1000),
    progress:
      events.length === 0
        ? null
        : liveProgress([...events, ...(standing === null ? [] : [{ event: 'spend', data: standing }])]),
    limits: Object.entries(limits ?? {}).flatMap(([of, limit]) =>
      limit == null ? [] : [{ of: of as LimitAsked['of'], limit: String(limit) }],
    ),
  }
}

/** Whether it goes on. */
export const goesOn = ({ state }: Job): boolean => state === 'queued' || state === 'running'
