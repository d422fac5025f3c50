import { TOKEN_CLASSES, type TokenCounts } from '../../usage/usage.ts'
import type { Measure } from './measure.ts'

/** What a request may use, as far as it can be told before its reply. */
export interface Demand {
  readonly model: string | null
  /** Tokens that the prompt has at most; null = no bound is known, since some of it lies with the provider. */
  readonly mostInput: number | null
  /** Tokens that the prompt has by what was seen of the run, with a margin, in the classes that were seen. */
  readonly likelyInput: Omit<TokenCounts, 'output'>
  /** Tokens that the reply has at most, as asked for; null = the request does not limit it. */
  readonly maxOutput: number | null
}

/** Where a request does not limit its reply, this much is set aside: models write no more in one reply. */
export const UNLIMITED_OUTPUT = 131_072

/** The most that a call can count for; null = not known. */
export function mostOf(measure: Measure, { mostInput, maxOutput, model }: Demand): bigint | null {
  if (mostInput === null && measure.name !== 'calls' && measure.name !== 'outputTokens') return null
  const output = maxOutput ?? UNLIMITED_OUTPUT
  const ways = TOKEN_CLASSES.filter((name) => name !== 'output').map((name) =>
    measure.of({ ...NOTHING, [name]: mostInput ?? 0, output }, model),
  )
  // A class without a price of its own (a write for an hour of who sells none) is not how this call can be billed.
  const known = ways.filter((amount) => amount !== null)
  return known.length === 0 ? null : known.reduce((most, amount) => (amount > most ? amount : most))
}

/** What the prompt of a call likely counts for, and each token of its reply; null = without a price. */
export function likelyOf(
  measure: Measure,
  { likelyInput, model }: Demand,
): { readonly prompt: bigint; readonly perOutput: bigint } | null {
  const prompt = measure.of({ ...likelyInput, output: 0 }, model)
  const withOne = measure.of({ ...likelyInput, output: 1 }, model)
  return prompt === null || withOne === null ? null : { prompt, perOutput: withOne - prompt }
}

const NOTHING: TokenCounts = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 }
