import type { Episodes } from './episodes.ts'

/**
 * Tokens that went in, of all classes; NaN where unknown, or where only the least is known. A cache class that is not told
 * is counted in `input`.
 */
export function totalInputOf(episodes: Episodes): Float64Array {
  const { size, input, cacheRead, cacheWrite5m, cacheWrite1h, incomplete } = episodes
  const total = new Float64Array(size).fill(Number.NaN)
  for (let i = 0; i < size; i++) {
    if (incomplete[i] === 1) continue
    total[i] = (input[i] as number) + told(cacheRead[i]) + told(cacheWrite5m[i]) + told(cacheWrite1h[i])
  }
  return total
}

/** Tokens in and out; NaN where unknown, or where only the least is known. */
export function totalTokensOf(episodes: Episodes): Float64Array {
  const total = totalInputOf(episodes)
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (episodes.output[i] as number)
  return total
}

/** Whose figure a cost is. */
export const COST_SOURCES = ['unknown', 'our prices', 'reported'] as const

/** What runs cost: dollars, NaN where unknown, and the place in COST_SOURCES of whose figure that is. */
export interface Costs {
  readonly usd: Float64Array
  readonly from: Uint8Array
}

/**
 * What runs cost by our prices, or else as their source tells it. Of a run whose usage misses something our cost is only
 * the least it can be, and is not taken.
 */
export function costOf({ size, costUsd, reportedUsd, incomplete }: Episodes): Costs {
  const usd = new Float64Array(size).fill(Number.NaN)
  const from = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    const [ours, theirs] = [costUsd[i] as number, reportedUsd[i] as number]
    if (incomplete[i] === 0 && !Number.isNaN(ours)) {
      usd[i] = ours
      from[i] = COST_SOURCES.indexOf('our prices')
    } else if (!Number.isNaN(theirs)) {
      usd[i] = theirs
      from[i] = COST_SOURCES.indexOf('reported')
    }
  }
  return { usd, from }
}

const told = (count: number | undefined): number => (count === undefined || Number.isNaN(count) ? 0 : count)
