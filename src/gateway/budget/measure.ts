import { priceCall } from '../../pricing/cost.ts'
import type { ModelPrice } from '../../pricing/model-price.ts'
import { TOKEN_CLASSES, type TokenCounts } from '../../usage/usage.ts'
import type { Limits } from './limits.ts'

/** What can be capped. */
export const MEASURES = ['calls', 'outputTokens', 'totalTokens', 'weighted', 'usd'] as const
export type MeasureName = (typeof MEASURES)[number]

/** One limit with what is counted towards it, in whole numbers of a unit of its own. */
export interface Measure {
  readonly name: MeasureName
  readonly limit: bigint
  /** What a call counts for; null = its price is unknown. Unknown counts of tokens count nothing here: see `charge`. */
  readonly of: (counts: TokenCounts, model: string | null) => bigint | null
}

/** The price of a model now. */
export type PriceNow = (model: string) => ModelPrice

/** The measures that have a limit. */
export function measuresOf(limits: Limits, priceNow: PriceNow): readonly Measure[] {
  const { calls, outputTokens, totalTokens, weighted, usd } = limits
  const some: (Measure | null)[] = [
    calls === null ? null : { name: 'calls', limit: BigInt(calls), of: () => 1n },
    outputTokens === null
      ? null
      : { name: 'outputTokens', limit: BigInt(outputTokens), of: ({ output }) => BigInt(output ?? 0) },
    totalTokens === null
      ? null
      : { name: 'totalTokens', limit: BigInt(totalTokens), of: (counts) => weightedSum(counts, () => 1n) },
    weighted === null
      ? null
      : {
          name: 'weighted',
          limit: BigInt(weighted.limit) * 1_000_000n,
          of: (counts) => weightedSum(counts, (name) => weighted.weights[name]),
        },
    usd === null ? null : { name: 'usd', limit: usd, of: (counts, model) => costOf(counts, model, priceNow) },
  ]
  return some.filter((measure) => measure !== null)
}

function weightedSum(counts: TokenCounts, weight: (name: (typeof TOKEN_CLASSES)[number]) => bigint): bigint {
  return TOKEN_CLASSES.reduce((sum, name) => sum + BigInt(counts[name] ?? 0) * weight(name), 0n)
}

function costOf(counts: TokenCounts, model: string | null, priceNow: PriceNow): bigint | null {
  if (model === null) return null
  const known = { ...counts, input: counts.input ?? 0, output: counts.output ?? 0 }
  const cost = priceCall(priceNow(model), known)
  return cost.kind === 'unknown' ? null : cost.amount
}
