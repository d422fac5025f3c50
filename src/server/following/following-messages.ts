import type { CalibrationTable } from '../../forecast/recalibrated.ts'
import type { Alarm } from '../../learn/alarm.ts'
import type { FollowedBundle } from '../../store/read-followed-runs.ts'

/** What the thread is started with. */
export interface FollowingStart {
  /** The file of the store. */
  readonly database: string
  readonly bundle: FollowedBundle
  /** It looks so often by itself; more seldom where looking takes long. */
  readonly everyMs: number
}

/** To the thread: look now, and from now on at forecasts of this bundle. */
export type ToFollowing =
  | { readonly say: 'look'; readonly number: number; readonly bundle: FollowedBundle }
  | { readonly say: 'close' }

/** What runs tell of forecasts of a bundle. */
export interface Followed {
  readonly bundle: FollowedBundle
  readonly calibrations: CalibrationTable
  readonly alarms: readonly Alarm[]
}

/** From the thread: news come before the look that brought them is told. */
export type FromFollowing =
  | { readonly say: 'news'; readonly followed: Followed }
  | { readonly say: 'looked'; readonly number: number }
  | { readonly say: 'trouble'; readonly message: string }
