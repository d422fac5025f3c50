import type { ProblemError } from './problem-error.ts'
import { wait } from './wait.ts'

/** How often, and after what time, something is tried again. */
export interface Patience {
  /** So often after the first time. */
  readonly retries: number
  /** Who is told to wait for longer gives up. */
  readonly mostWaitMs: number
}

/** What is tried, and what one may say of its failures. */
export interface Tried<T> {
  readonly attempt: () => Promise<T>
  readonly signal: AbortSignal | undefined
}

/** A failure that may pass, with the time the service asked for; null = it asked for none. */
export class Passing extends Error {
  override readonly cause: unknown
  readonly afterMs: number | null

  constructor(cause: unknown, afterMs: number | null) {
    super('it may pass')
    this.cause = cause
    this.afterMs = afterMs
  }
}

const FIRST_WAIT_MS = 250

/** Each time for twice as long. */
export const backOffMs = (before: number): number => FIRST_WAIT_MS * 2 ** before

/** Tries until it works, or fails for good, or has failed too often. @throws the last failure */
export async function persist<T>({ retries, mostWaitMs }: Patience, tried: Tried<T>): Promise<T> {
  for (let made = 0; ; made++) {
    try {
      return await tried.attempt()
    } catch (error) {
      if (!(error instanceof Passing)) throw error
      const ms = error.afterMs ?? backOffMs(made)
      if (made >= retries || ms > mostWaitMs || tried.signal?.aborted) throw error.cause
      await wait(ms, tried.signal)
    }
  }
}

/** The service says so itself, or may still be at work on the same request that was sent before. */
export function passingOf(error: ProblemError, response: Response, nowMs: number): Error {
  const passes = error.status === 429 || error.status === 503 || error.code === 'idempotency-conflict'
  return passes ? new Passing(error, retryAfterMs(response.headers.get('retry-after'), nowMs)) : error
}

/** Of RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
