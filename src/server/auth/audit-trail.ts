import { withoutApiKeys } from '../../store/api-key-text.ts'
import { type AuditEntry, writeAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import { withShortWait } from '../../store/short-wait.ts'

/** Writes down who did what, behind the requests and never in front of them. */
export interface AuditTrail {
  /** Neither secrets nor the text of issues: `subject` is an id, `detail` numbers and names. */
  note(entry: AuditEntry): void
  /** Writes what waits. @throws KnownError `store-failed`; it waits on */
  flush(): void
  /** Writes the rest and ends. */
  close(): void
  readonly waiting: number
}

export interface AuditTrailOptions {
  readonly store: Store
  /** Told when it could not be written; it is tried again. */
  readonly onFailure: (error: unknown) => void
  readonly everyMs?: number
  /** So many wait at most; what comes when there is no room is counted, and the count is written down. */
  readonly mostWaiting?: number
}

/** For another process that writes: all requests wait with it, and it is tried again soon. */
const WAIT_MS = 20
/** There is no later. */
const LAST_WAIT_MS = 2000
/** So many are written at once: longer, no request would be answered. */
const BATCH = 500

export function auditTrail(options: AuditTrailOptions): AuditTrail {
  const { store, onFailure, everyMs = 1000, mostWaiting = 10_000 } = options
  const waiting: AuditEntry[] = []
  const lost = { count: 0, lastMs: 0 }
  const write = (most: number, waitMs: number): void => {
    const batch = waiting.slice(0, most)
    const entries = lost.count === 0 ? batch : [...batch, lossOf(lost)]
    if (entries.length === 0) return
    withShortWait(store, waitMs, () => writeAudit(store, entries))
    waiting.splice(0, batch.length)
    lost.count = 0
  }
  const attempt = (most: number, waitMs: number): void => {
    try {
      write(most, waitMs)
    } catch (error) {
      onFailure(error)
    }
  }
  const timer = setInterval(() => attempt(BATCH, WAIT_MS), everyMs).unref()
  return {
    note: (entry) => {
      if (waiting.length < mostWaiting) waiting.push(cleaned(entry))
      else {
        lost.count++
        lost.lastMs = entry.atMs
      }
    },
    flush: () => write(waiting.length, LAST_WAIT_MS),
    close: () => {
      clearInterval(timer)
      attempt(waiting.length, LAST_WAIT_MS)
    },
    get waiting() {
      return waiting.length
    },
  }
}

/** Whoever calls may have sent a key where none belongs. */
const cleaned = ({ subject, detail, request, ...rest }: AuditEntry): AuditEntry => ({
  ...rest,
  subject: subject === null ? null : withoutApiKeys(subject),
  request: request === null ? null : withoutApiKeys(request),
  detail: detail === null ? null : withoutApiKeys(detail),
})

const lossOf = ({ count, lastMs }: { readonly count: number; readonly lastMs: number }): AuditEntry => ({
  atMs: lastMs,
  actor: 'service',
  action: 'audit.lose',
  subject: null,
  request: null,
  address: null,
  detail: `${count} entries found no room`,
})
