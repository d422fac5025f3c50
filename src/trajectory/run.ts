import type { Call, Quality } from '../usage/call.ts'
import type { Usage } from '../usage/usage.ts'
import type { Action } from './action.ts'

/** How a run ended; null = not recorded. */
export const OUTCOMES = ['resolved', 'failed', 'budget-exhausted', 'timed-out', 'infra-error'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** One call of a model in a run, with what a trajectory tells beside its usage. */
export interface RecordedCall extends Call {
  /** ISO 8601, UTC. */
  readonly at: string | null
  /** Dollars as the source gives them, as a decimal; null = it gives none. */
  readonly reportedUsd: string | null
}

/** Under what resources a run ran. Null = not recorded. */
export interface Conditions {
  /** Resources given, as a multiple of the floor; Infinity = uncapped. */
  readonly multiplier: number | null
  readonly host: string | null
  /** How many runs shared the host, this one among them. */
  readonly concurrency: number | null
}

/** One run of an agent on a task, as its source tells it. Null = not recorded. */
export interface Run {
  /** What tells it from other runs of the same format: session id, trial id, or else what identifies it in its file. */
  readonly key: string
  readonly task: {
    readonly id: string | null
    readonly benchmark: string | null
    /** `owner/name`. */
    readonly repository: string | null
  }
  readonly agent: string | null
  readonly agentVersion: string | null
  /** As the source spells it; the one that made most of the output where there were several. */
  readonly model: string | null
  /** Which of the repeats, from 1. */
  readonly run: number | null
  /** Over all calls, as the source sums them; else the sum of `perCall`. */
  readonly usage: Usage
  /** The usage misses something: every total of it is "at least". */
  readonly incomplete: boolean
  readonly calls: number | null
  /** Turns of the agent: a call may be tried more than once for one. */
  readonly steps: number | null
  readonly outcome: Outcome | null
  readonly wallSeconds: number | null
  /** ISO 8601, UTC. */
  readonly startedAt: string | null
  readonly reportedUsd: string | null
  readonly conditions: Conditions
  /** Who counted. */
  readonly quality: Quality
  /** In order; empty = the source has none. */
  readonly perCall: readonly RecordedCall[]
  /** What the agent did with tools, in order; empty = the source does not tell, or is not read for it. */
  readonly actions: readonly Action[]
}
