import type { ErrorCode } from '../../errors.ts'
import type { JournalEntry } from './journal-entry.ts'

/** What a recorder is opened with. */
export interface RecorderOptions {
  /** Absolute paths. */
  readonly database: string
  readonly journals: string
  /** The user's own prices, as for `readPriceBook`. */
  readonly prices: { readonly file: string | null; readonly cwd: string }
  readonly nowMs: number
  /** Told once when the store cannot be written, and once when it can again. */
  readonly onTrouble: (message: string) => void
}

/** What the thread starts with. */
export interface RecorderStart extends Omit<RecorderOptions, 'onTrouble'> {
  /** The name of the journal whose entries it gets. */
  readonly journal: string
  /** The names of journals that killed gateways left. */
  readonly left: readonly string[]
}

export type ToRecorder =
  | { readonly say: 'entries'; readonly entries: readonly JournalEntry[] }
  | { readonly say: 'close' }

export type FromRecorder =
  | { readonly say: 'ready' | 'closed' }
  | { readonly say: 'trouble'; readonly message: string }
  | { readonly say: 'failed'; readonly code: ErrorCode; readonly detail: string; readonly fix: string }
