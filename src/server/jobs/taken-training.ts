import type { Job } from '../../store/jobs.ts'
import { newId } from '../new-id.ts'
import type { TrainingAsked } from '../schemas/training.ts'

/** A training as it is kept: also what was in the store when it was asked for. */
export type KeptTraining = TrainingAsked & {
  /** The last row of the runs that it can have learnt from; left out = not known. */
  readonly upTo?: number
}

/** A training that begins when it is in the store. */
export function takenTraining(asked: KeptTraining, actor: string, nowMs: number): Job {
  return {
    id: newId('trn', nowMs),
    kind: 'training',
    ...{ actor, asked, createdAt: new Date(nowMs).toISOString(), state: 'queued' },
    ...{ startedAt: null, endedAt: null, answer: null, failure: null },
  }
}
