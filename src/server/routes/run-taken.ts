import { KnownError } from '../../errors.ts'
import type { Job } from '../../store/jobs.ts'
import type { Principal } from '../auth/principal.ts'
import { newId } from '../new-id.ts'
import type { RunAsked } from '../schemas/run-asked.ts'
import type { ServiceContext } from '../service-context.ts'

/** A run that is taken. `begin` is called when it is in the store. */
export interface RunTaken {
  readonly job: Job
  readonly begin: () => void
}

const NO_TASKS = 'name folders of tasks in the settings of the service, as "runs"'

/** Takes a run that somebody may start. @throws KnownError not-offered, queue-full */
export function runTaken({ runs, nowMs }: ServiceContext, { actor }: Principal, asked: RunAsked): RunTaken {
  if (runs === null) throw new KnownError('not-offered', 'runs', { fix: NO_TASKS })
  runs.check(asked)
  runs.queue.checkRoom()
  const at = nowMs()
  const job: Job = {
    ...{ id: newId('run', at), kind: 'run', actor, asked, state: 'queued' },
    createdAt: new Date(at).toISOString(),
    ...{ startedAt: null, endedAt: null, answer: null, failure: null },
  }
  return { job, begin: () => runs.queue.take(job) }
}
