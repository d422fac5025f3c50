import { solveRegularised } from './cholesky.ts'
import { times } from './linear.ts'
import { fromRows, type Matrix } from './matrix.ts'

/**
 * The w ≥ 0 that minimises wᵀG w − 2 mᵀw: non-negative least squares on G = AᵀA and m = Aᵀb, by active sets (Lawson and
 * Hanson 1974; Bro and de Jong 1997).
 */
export function nonNegative(gram: Matrix, moments: Float64Array): Float64Array {
  let weights: Float64Array = new Float64Array(moments.length)
  let free: number[] = []
  const slack = 1e-12 * moments.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  for (let round = 0; round < 10 * moments.length; round++) {
    const slopes = times(gram, weights).map((each, j) => (moments[j] as number) - each)
    const bound = slopes.map((slope, j) => (free.includes(j) ? Number.NEGATIVE_INFINITY : slope))
    const steepest = bound.indexOf(Math.max(...bound))
    if (!((bound[steepest] ?? 0) > slack)) break
    ;({ weights, free } = settle(gram, moments, { weights, free: [...free, steepest] }))
  }
  return weights
}

interface Active {
  readonly weights: Float64Array
  readonly free: number[]
}

/** Solves for the free weights; while one is negative, goes only as far as the first reaches 0, and binds that. */
function settle(gram: Matrix, moments: Float64Array, { weights, free }: Active): Active {
  const part = fromRows(free.map((i) => free.map((j) => gram.values[i * gram.columns + j] as number)))
  const target = Float64Array.from(free, (j) => moments[j] as number)
  // Columns that are equal but for rounding share their weight, instead of dividing by 0.
  const jitter = 1e-12 * part.values.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  const solved = solveRegularised(part, target, jitter)
  const step = free.reduce((least, j, k) => {
    const [from, to] = [weights[j] as number, solved[k] as number]
    return to > 0 ? least : Math.min(least, from / (from - to))
  }, 1)
  const next = new Float64Array(weights.length)
  for (const [k, j] of free.entries()) {
    const from = weights[j] as number
    next[j] = from + step * ((solved[k] as number) - from)
  }
  if (step === 1) return { weights: next, free }
  const kept = free.filter((j, k) => (solved[k] as number) > 0 || (next[j] as number) > 1e-15)
  for (const j of free) if (!kept.includes(j)) next[j] = 0
  return settle(gram, moments, { weights: next, free: kept })
}
