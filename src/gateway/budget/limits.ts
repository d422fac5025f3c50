import type { PicoUsd } from '../../units.ts'
import type { TokenClass } from '../../usage/usage.ts'

/** What a token of each class counts for, in millionths: whole numbers, so that sums are exact. */
export type Weights = Readonly<Record<TokenClass, bigint>>

/** What a run, or a group of runs, may spend at most. Null = no limit. */
export interface Limits {
  /** Tokens of all classes. */
  readonly totalTokens: number | null
  /** Tokens the model writes, reasoning included. */
  readonly outputTokens: number | null
  /** A sum of the classes, each with a weight of its own. */
  readonly weighted: { readonly formula: string; readonly weights: Weights; readonly limit: number } | null
  readonly usd: PicoUsd | null
  /** Billed requests. */
  readonly calls: number | null
  /** Wall time from the opening of the run. */
  readonly seconds: number | null
}

export const NO_LIMITS: Limits = {
  totalTokens: null,
  outputTokens: null,
  weighted: null,
  usd: null,
  calls: null,
  seconds: null,
}
