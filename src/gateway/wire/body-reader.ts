import { type Call, callOf } from '../../usage/call.ts'
import { UNKNOWN_USAGE } from '../../usage/usage.ts'
import type { ReplyFacts } from '../exchange/exchange.ts'

/** What one reply told. */
export interface ReplyTold {
  /** What was billed: none for a refusal, nor for what is free. */
  readonly calls: readonly Call[]
  readonly facts: ReplyFacts
  /** Why not all of it could be read, which makes its calls incomplete; null = it could. */
  readonly broken: string | null
}

/** How one body is read. May throw: the tee does not. */
export interface BodyReader {
  readonly push: (bytes: Uint8Array) => void
  readonly end: () => ReplyTold
}

/** Longer bodies, and longer events of a stream, are not looked at. */
export const MAX_READ_BYTES = 64 << 20

/** The call behind a reply of which nothing else is known. */
export const unknownCall = (told: { id?: string | null; model?: string | null } = {}): Call =>
  callOf('provider', UNKNOWN_USAGE, { ...told, incomplete: true })

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
