import type { ErrorCode, Problem } from '../../errors.ts'
import type { AskedTask, ForecastTask, WorkbenchSettings } from '../../forecast/read-workbench.ts'

/** What a thread starts with. */
export interface ForecastStart {
  /** Paths in the settings are relative to it. */
  readonly cwd: string
  readonly settings: WorkbenchSettings
}

export type ToForecaster =
  | { readonly say: 'forecast'; readonly task: AskedTask; readonly atMs: number }
  /** Nobody waits for what is being made: an answer is due all the same, and soon. */
  | { readonly say: 'drop' }
  | { readonly say: 'close' }

export type FromForecaster =
  | { readonly say: 'ready' }
  | { readonly say: 'forecast'; readonly forecast: ForecastTask }
  | ToldFailure
  | { readonly say: 'note'; readonly text: string }

/** What was thrown: an expected failure, or a bug. */
export type ToldFailure =
  | {
      readonly say: 'failed'
      readonly code: ErrorCode
      readonly detail: string
      readonly fix: string
      readonly problems: readonly Problem[]
    }
  | { readonly say: 'bug'; readonly stack: string }
