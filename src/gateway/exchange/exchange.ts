import type { Action } from '../../trajectory/action.ts'
import type { Call } from '../../usage/call.ts'
import type { Endpoint } from '../endpoint.ts'

/** How an exchange ended. */
export const ENDINGS = [
  /** The reply came whole. */
  'ok',
  /** The provider answered with an error. */
  'refused',
  /** The gateway answered: no budget was left. */
  'over-budget',
  /** The gateway answered: the request could not be passed on. */
  'rejected',
  /** The client went away before the end. */
  'client-gone',
  /** The provider went away, or was silent for too long. */
  'upstream-lost',
  /** The gateway ended it: the time or the budget of its run was up. */
  'cut',
  /** The gateway itself ended before the reply did. */
  'unfinished',
] as const
export type Ending = (typeof ENDINGS)[number]

/** What a request says, as far as it is read. Null = not told. */
export interface RequestFacts {
  readonly model: string | null
  readonly streams: boolean
  /** The most that the model may write, as asked for. */
  readonly maxOutput: number | null
  readonly bytes: number
  /** Answers of tools in it: the id of the use, and the characters that came back. */
  readonly toolResults: readonly { readonly id: string; readonly chars: number }[]
}

/** What a reply says beside its usage. Null = not told. */
export interface ReplyFacts {
  readonly stopReason: string | null
  /** Uses of tools that it asks for, in order. */
  readonly actions: readonly Action[]
}

/** One request to a provider with its reply, as it is recorded. */
export interface Exchange {
  /** Of the gateway's own making: unique. */
  readonly id: string
  /** The run that it belongs to. */
  readonly run: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly provider: Endpoint['provider']
  readonly kind: Endpoint['asks']['kind']
  readonly path: string
  readonly request: RequestFacts
  /** Of which attempt this is: 0 = the first; more = the same request after a failure. */
  readonly retry: number
  readonly ending: Ending
  /** As the client got it; null = it got none. */
  readonly status: number | null
  readonly reply: ReplyFacts
  readonly replyBytes: number
  readonly latencyMs: number
  /** Until the first byte of the reply's body; null = none came. */
  readonly firstByteMs: number | null
  /** What was billed: mostly one call, none for a refusal. */
  readonly calls: readonly Call[]
}
