import { writeKeyUses } from '../../store/api-keys.ts'
import type { Store } from '../../store/open-store.ts'
import { withShortWait } from '../../store/short-wait.ts'

/** Remembers which keys were used, and writes that down once in a while. */
export interface KeyUses {
  used(keyId: string): void
  /** Writes what is remembered. @throws KnownError `store-failed`; it stays remembered */
  flush(): void
  /** Writes the rest and ends. */
  close(): void
}

export interface KeyUsesOptions {
  readonly store: Store
  readonly nowMs: () => number
  /** Told when it could not be written; it is tried again. */
  readonly onFailure: (error: unknown) => void
  readonly everyMs?: number
}

/** For another process that writes: all requests wait with it, and it is tried again soon. */
const WAIT_MS = 20

/** A key is written at most once in `everyMs`, and never while a request waits for it. */
export function keyUses({ store, nowMs, onFailure, everyMs = 60_000 }: KeyUsesOptions): KeyUses {
  const uses = new Map<string, number>()
  const flush = (): void => {
    if (uses.size === 0) return
    withShortWait(store, WAIT_MS, () => writeKeyUses(store, uses))
    uses.clear()
  }
  const attempt = (): void => {
    try {
      flush()
    } catch (error) {
      onFailure(error)
    }
  }
  const timer = setInterval(attempt, everyMs).unref()
  return {
    used: (keyId) => void uses.set(keyId, nowMs()),
    flush,
    close: () => {
      clearInterval(timer)
      attempt()
    },
  }
}
