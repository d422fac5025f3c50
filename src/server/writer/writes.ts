import { type Answer, answerKeeper } from '../../store/answers.ts'
import { type IdempotentAnswer, idempotentKeeper } from '../../store/idempotent.ts'
import { type Job, type JobChange, type JobEvent, jobKeeper } from '../../store/jobs.ts'
import type { Store } from '../../store/open-store.ts'

/** What the service writes: all parts of one are there afterwards, or none is. */
export interface Write {
  readonly answer?: Answer
  readonly job?: Pick<Job, 'id' | 'kind' | 'actor' | 'asked' | 'createdAt'>
  readonly change?: JobChange
  readonly events?: { readonly id: string; readonly events: readonly JobEvent[] }
  readonly idempotent?: IdempotentAnswer
  /** Answers to requests with an Idempotency-Key from before are forgotten. */
  readonly forgetBefore?: string
}

/** Performs writes within a transaction of the caller's. */
export function writesInto(store: Store) {
  const answers = answerKeeper(store)
  const jobs = jobKeeper(store)
  const idempotents = idempotentKeeper(store)
  return {
    forget: answers.forget,
    perform({ answer, job, change, events, idempotent, forgetBefore }: Write): void {
      if (answer !== undefined) answers.keep(answer)
      if (job !== undefined) jobs.begin(job)
      if (change !== undefined) jobs.change(change)
      for (const event of events?.events ?? []) jobs.note(events?.id ?? '', event)
      if (idempotent !== undefined) idempotents.keep(idempotent)
      if (forgetBefore !== undefined) idempotents.dropBefore(forgetBefore)
    },
  }
}
