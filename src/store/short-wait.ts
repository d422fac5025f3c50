import type { Store } from './open-store.ts'

/**
 * Does something with the store that may be done later as well: waits for another process that writes only so long,
 * because all requests wait with it. Nothing else uses the connection meanwhile: `work` is synchronous.
 */
export function withShortWait<Answer>({ database }: Store, waitMs: number, work: () => Answer): Answer {
  const before = database.pragma('busy_timeout', { simple: true })
  database.pragma(`busy_timeout = ${waitMs}`)
  try {
    return work()
  } finally {
    database.pragma(`busy_timeout = ${before}`)
  }
}
