import { createHash, randomBytes } from 'node:crypto'

/** Who is signed in at the dashboard: a random token in a cookie stands for a key, which is looked up each time. */
export interface Sessions {
  /** A new token for a key. */
  open(keyId: string): string
  /** The key of a token that is in force; null = none. */
  keyOf(token: string): string | null
  close(token: string): void
  readonly size: number
  readonly lifetimeMs: number
}

export interface SessionOptions {
  readonly nowMs: () => number
  readonly lifetimeMs?: number
  /** So many are kept; of more, the oldest ends. */
  readonly most?: number
}

interface Session {
  readonly keyId: string
  readonly endsMs: number
}

/** Kept in memory: when the service ends, everybody signs in again. */
export function openSessions({ nowMs, lifetimeMs = 8 * 3_600_000, most = 10_000 }: SessionOptions): Sessions {
  // By the hash of the token: how long a look-up takes tells nothing of a token. In the order in which they end.
  const sessions = new Map<string, Session>()
  return {
    lifetimeMs,
    open: (keyId) => {
      dropEnded(sessions, nowMs())
      const [oldest] = sessions.keys()
      if (sessions.size >= most && oldest !== undefined) sessions.delete(oldest)
      const token = randomBytes(32).toString('base64url')
      sessions.set(hashOf(token), { keyId, endsMs: nowMs() + lifetimeMs })
      return token
    },
    keyOf: (token) => {
      const session = sessions.get(hashOf(token))
      return session !== undefined && nowMs() < session.endsMs ? session.keyId : null
    },
    close: (token) => void sessions.delete(hashOf(token)),
    get size() {
      return sessions.size
    },
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64')

function dropEnded(sessions: Map<string, Session>, now: number): void {
  for (const [hash, { endsMs }] of sessions) {
    if (endsMs > now) return
    sessions.delete(hash)
  }
}
