import { costOf, totalTokensOf } from '../store/episode-tokens.ts'
import type { Episodes } from '../store/episodes.ts'
import { OUTCOMES } from '../trajectory/run.ts'

/** What reports measure of each run, a column each; NaN = unknown. */
export interface Quantities {
  /** 1 = resolved, 0 = not. */
  readonly resolved: Float64Array
  /** 1 = ended by the infrastructure, 0 = not. */
  readonly infra: Float64Array
  /** 1 = stopped by a limit of its own (budget or time): what it would have needed is not known. */
  readonly stopped: Float64Array
  /** Unknown where it is only known to be "at least". */
  readonly total: Float64Array
  readonly output: Float64Array
  readonly steps: Float64Array
  /** Ours, else as told by the source. */
  readonly usd: Float64Array
  readonly seconds: Float64Array
}

/** Columns of what is measured, made once for all reports. */
export function quantitiesOf(episodes: Episodes): Quantities {
  const { outcome, incomplete, output, steps, calls, wallSeconds } = episodes
  const [resolved, infra, budget, time] = (
    ['resolved', 'infra-error', 'budget-exhausted', 'timed-out'] as const
  ).map((name) => OUTCOMES.indexOf(name))
  const ended = (...codes: readonly (number | undefined)[]) =>
    Float64Array.from(outcome, (code) => (code < 0 ? Number.NaN : codes.includes(code) ? 1 : 0))
  return {
    resolved: ended(resolved),
    infra: ended(infra),
    stopped: ended(budget, time),
    total: totalTokensOf(episodes),
    output: output.map((tokens, i) => (incomplete[i] === 1 ? Number.NaN : tokens)),
    // A turn is a call where the source counts calls only.
    steps: steps.map((count, i) => (Number.isNaN(count) ? (calls[i] as number) : count)),
    usd: costOf(episodes).usd,
    seconds: wallSeconds,
  }
}
