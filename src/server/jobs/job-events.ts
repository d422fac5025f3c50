import type { JobEvent } from '../../store/jobs.ts'

/** Hears of a job: what happened, and how it stands meanwhile. */
export interface Listener {
  /** Kept, and numbered. */
  readonly happened: (event: JobEvent) => void
  /** Not kept: the next one stands for it. */
  readonly stands: (event: string, data: string) => void
  readonly ended: () => void
  /** To look how things stand. */
  readonly woken: () => void
}

/** Who listens to which job. */
export function jobListeners() {
  const listeners = new Map<string, Set<Listener>>()
  const standing = new Map<string, string>()
  const of = (job: string): Iterable<Listener> => listeners.get(job) ?? []
  return {
    /** @returns ends it */
    listen(job: string, listener: Listener): () => void {
      const own = listeners.get(job) ?? new Set()
      listeners.set(job, own.add(listener))
      return () => {
        own.delete(listener)
        if (own.size === 0) listeners.delete(job)
      }
    },
    happened(job: string, event: JobEvent): void {
      for (const { happened } of of(job)) happened(event)
    },
    stands(job: string, event: string, data: string): void {
      standing.set(job, data)
      for (const { stands } of of(job)) stands(event, data)
    },
    /** How a job stands, as it was told last; null = nothing was told. */
    standing: (job: string): string | null => standing.get(job) ?? null,
    /** The service is being ended: they look, and see it. */
    wake(): void {
      for (const own of [...listeners.values()]) for (const { woken } of [...own]) woken()
    },
    ended(job: string): void {
      for (const { ended } of [...of(job)]) ended()
      listeners.delete(job)
      standing.delete(job)
    },
  }
}

export type JobListeners = ReturnType<typeof jobListeners>
