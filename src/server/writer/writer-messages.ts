import type { ErrorCode } from '../../errors.ts'
import type { Write } from './writes.ts'

/** What the thread is started with. */
export interface WriterStart {
  /** The file of the store. */
  readonly database: string
}

/** To the thread: writes with their numbers, or the end. */
export type ToWriter =
  | { readonly say: 'write'; readonly writes: readonly (readonly [number: number, write: Write])[] }
  | { readonly say: 'close' }

/** A failure on its way between threads. */
export interface WriteFailure {
  /** Null = a bug. */
  readonly code: ErrorCode | null
  readonly detail: string
  readonly fix: string | null
}

/** From the thread. `done`: these are in the store, or failed. */
export type FromWriter =
  | { readonly say: 'ready' }
  | { readonly say: 'refused'; readonly failure: WriteFailure }
  | { readonly say: 'done'; readonly numbers: readonly number[]; readonly failure: WriteFailure | null }
  | { readonly say: 'closed' }
