import type { ErrorCode } from '../../errors.ts'
import type { SharedFit } from '../../regress/boosting-fit.ts'
import type { BoostingState } from '../../regress/boosting-forest.ts'
import type { Meeting } from './meeting.ts'

/** What a thread starts with: all of it is shared with the others, but for its place among them. */
export interface BoostingStart extends SharedFit {
  readonly meeting: Meeting
  readonly place: number
}

/** How a thread ends; one of them tells what all have made. Anything else that it throws is a bug. */
export type FromBoosting =
  | { readonly say: 'fitted'; readonly state: BoostingState }
  | { readonly say: 'failed'; readonly code: ErrorCode; readonly detail: string; readonly fix: string }
