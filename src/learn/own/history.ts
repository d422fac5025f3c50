import type { Features } from '../../features/features.ts'
import type { Pair } from '../dataset.ts'

/** A task that own runs were made of. */
export interface OwnTask {
  readonly id: string
  /** `owner/name`; null = not known. */
  readonly repository: string | null
  /** As it was forecast, or as the tables hold it; null = nobody forecast it. Read anew: of many tasks they are much. */
  readonly features: () => Features | null
  /** Of title and body, by which it is known again; null = its text was never seen. */
  readonly fingerprint: string | null
}

/** What became of a run, as far as its tokens tell: all of what it took, or at least so much. */
export type Telling = 'whole' | 'at-least'

/** One run of one's own, as numbers. */
export interface OwnRun {
  /** Index of its task, and of its pair. */
  readonly task: number
  readonly pair: number
  /** Milliseconds since the epoch. */
  readonly atMs: number
  /** log10 tokens. */
  readonly output: number
  readonly total: number
  readonly telling: Telling
  /** How far the counts are trusted, in (0, 1]. */
  readonly trust: number
  /** Shares of the input tokens that were read from, and written to, the cache; null = not recorded. */
  readonly cacheReadShare: number | null
  readonly cacheWriteShare: number | null
  /** Model calls; null = not counted. */
  readonly calls: number | null
  /** Null = not judged. */
  readonly resolved: boolean | null
}

/** Runs of one's own, the oldest first, with what they were of. */
export interface OwnHistory {
  readonly tasks: readonly OwnTask[]
  readonly pairs: readonly Pair[]
  readonly runs: readonly OwnRun[]
}
