/**
 * Runs as columns, for statistics over many of them: one place a run, in the order of their ids. NaN, or code −1, is
 * unknown; never 0.
 */
export interface Episodes {
  readonly size: number
  /** Row in the store, for what is asked there of single runs. */
  readonly row: Int32Array
  readonly benchmark: Names
  /** One code a task: the same id in two benchmarks or repositories is two tasks. */
  readonly task: Names
  readonly repository: Names
  readonly agent: Names
  /** One spelling for all aliases of a model, with the note behind its name where it has one. */
  readonly model: Names
  readonly host: Names
  /** Format it was read from. */
  readonly source: Names
  /** Place in OUTCOMES; −1 = not recorded. */
  readonly outcome: Int8Array
  /** Tokens in disjoint classes. */
  readonly input: Float64Array
  readonly cacheRead: Float64Array
  readonly cacheWrite5m: Float64Array
  readonly cacheWrite1h: Float64Array
  readonly output: Float64Array
  readonly reasoning: Float64Array
  /** 1 = every total is "at least". */
  readonly incomplete: Uint8Array
  readonly calls: Float64Array
  readonly steps: Float64Array
  /** Dollars by our prices. */
  readonly costUsd: Float64Array
  /** Dollars as the source tells them. */
  readonly reportedUsd: Float64Array
  readonly wallSeconds: Float64Array
  /** Milliseconds since the epoch. */
  readonly startedMs: Float64Array
  /** Resources given, as a multiple of the floor; Infinity = uncapped. */
  readonly multiplier: Float64Array
  /** How many runs shared the host. */
  readonly concurrency: Float64Array
}

/** A column of names: `names[codes[i]]`; −1 = unknown. */
export interface Names {
  readonly names: readonly string[]
  readonly codes: Int32Array
}
