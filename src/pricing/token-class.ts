import type { Tokens } from '../units.ts'

/** The disjoint classes of tokens that have their own price; reasoning is a part of `output`. */
export const TOKEN_CLASSES = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output'] as const

/** One class of tokens with a price of its own. */
export type TokenClass = (typeof TOKEN_CLASSES)[number]

/** Counts by class. Null = unknown; for a cache class it means that its tokens are counted in `input`. */
export type TokenCounts = { readonly [Class in TokenClass]: Tokens | null }

/** The prompt of a call, on whose size price tiers depend: all classes but `output`, as far as they are known. */
export function promptTokens(counts: TokenCounts): Tokens {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h } = counts
  return [input, cacheRead, cacheWrite5m, cacheWrite1h].reduce<number>((sum, count) => sum + (count ?? 0), 0)
}
