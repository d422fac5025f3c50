import type { Estimate } from '../../forecast/estimate.ts'
import { latestForecast } from '../../store/latest-forecast.ts'
import type { Job } from '../../store/jobs.ts'
import type { LiveSpend } from '../jobs/live-spend.ts'
import type { LiveEntry } from '../pages/runs-view.ts'
import type { RunAsked } from '../schemas/run-asked.ts'
import type { ServiceContext } from '../service-context.ts'

/** A run that goes on, with how it stands and what was forecast. */
export function liveEntry({ store, listeners }: ServiceContext, job: Job): LiveEntry {
  const { task, agent, model } = job.asked as RunAsked
  const standing = listeners.standing(job.id)
  const document = latestForecast(store, { task, agent: agent ?? 'builtin', model })
  return {
    id: job.id,
    state: job.state === 'queued' ? 'queued' : 'running',
    askedAt: job.createdAt,
    agent: agent ?? 'builtin',
    model,
    task,
    live: standing === null ? null : (JSON.parse(standing) as LiveSpend),
    forecast: document === null ? null : (JSON.parse(document) as Estimate),
  }
}

/** Whether it goes on. */
export const goesOn = ({ state }: Job): boolean => state === 'queued' || state === 'running'
