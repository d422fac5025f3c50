import type { ErrorCode, Problem } from '../../errors.ts'
import type { AskedTask, ForecastTask, WorkbenchSettings } from '../../forecast/read-workbench.ts'

import type { CalibrationTable } from '../../forecast/recalibrated.ts'
import type { FollowedBundle } from '../../store/read-followed-runs.ts'

/** What a thread starts with. */
export interface ForecastStart {
  /** Paths in the settings are relative to it. */
  readonly cwd: string
  readonly settings: WorkbenchSettings
}

/** What runs have told of forecasts of a bundle. */
export interface Learnt {
  readonly bundle: FollowedBundle
  readonly calibrations: CalibrationTable
}

export const NOTHING_LEARNT: Learnt = { bundle: { id: '', data: '' }, calibrations: {} }

export type ToForecaster =
  | {
      readonly say: 'forecast'
      readonly task: AskedTask
      readonly atMs: number
      readonly learnt: Learnt
    }
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
