import { KnownError } from '../errors.ts'
import { normalTwoSided } from './chi-square-distribution.ts'
import { clusterSizes, type Numbered } from './cluster-codes.ts'
import { denseRanks } from './dense-ranks.ts'
import { checkPairs } from './pairs.ts'

export interface Kendall {
  /** τ-b, in [−1, 1]. */
  readonly tau: number
  /** Two-sided, from the normal approximation with its variance corrected for ties. */
  readonly p: number
  readonly n: number
}

/** Kendall's rank correlation τ-b (1945), ties counted, in n log n steps by the sorting method of Knight (1966). */
export function kendall(x: ArrayLike<number>, y: ArrayLike<number>): Kendall {
  checkPairs(x, y, 2)
  const n = x.length
  const [a, b] = [denseRanks(x), denseRanks(y)]
  if (a.count < 2 || b.count < 2)
    throw new KnownError('too-little-data', `one of the series of ${n} values is constant`)
  const [tiesX, tiesY] = [tiesOf(clusterSizes(a)), tiesOf(clusterSizes(b))]
  const keys = pairKeys(a, b)
  const both = tiesOf(runLengths(keys)).pairs
  const ordered = Int32Array.from(keys, (key) => key % b.count)
  const pairs = (n * (n - 1)) / 2
  const excess = pairs - tiesX.pairs - tiesY.pairs + both - 2 * inversions(ordered)
  const tau = excess / Math.sqrt(pairs - tiesX.pairs) / Math.sqrt(pairs - tiesY.pairs)
  const z = excess / Math.sqrt(variance(n, tiesX, tiesY))
  return { tau: Math.max(-1, Math.min(1, tau)), p: normalTwoSided(z), n }
}

interface Ties {
  /** Pairs of equal values. */
  readonly pairs: number
  /** Σ t (t − 1)(t − 2) and Σ t (t − 1)(2 t + 5) over the groups of t equal values. */
  readonly triples: number
  readonly spread: number
}

function tiesOf(counts: Int32Array): Ties {
  let [pairs, triples, spread] = [0, 0, 0]
  for (let i = 0; i < counts.length; i++) {
    const t = counts[i] as number
    pairs += (t * (t - 1)) / 2
    triples += t * (t - 1) * (t - 2)
    spread += t * (t - 1) * (2 * t + 5)
  }
  return { pairs, triples, spread }
}

/** The variance of concordant less discordant pairs under independence (Kendall 1970, chapter 4). */
function variance(n: number, x: Ties, y: Ties): number {
  const m = n * (n - 1)
  const triples = n > 2 ? (x.triples * y.triples) / (9 * m * (n - 2)) : 0
  return (m * (2 * n + 5) - x.spread - y.spread) / 18 + (2 * x.pairs * y.pairs) / m + triples
}

/** One number per row that sorts by x, then by y: exact up to 2⁵³, which 94 million rows cannot exceed. */
function pairKeys(x: Numbered, y: Numbered): Float64Array {
  const keys = new Float64Array(x.of.length)
  for (let i = 0; i < keys.length; i++) keys[i] = (x.of[i] as number) * y.count + (y.of[i] as number)
  return keys.sort()
}

function runLengths(sorted: Float64Array): Int32Array {
  const lengths = new Int32Array(sorted.length)
  let run = -1
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) run++
    lengths[run] = (lengths[run] as number) + 1
  }
  return lengths
}

/** How many pairs stand in falling order, counted while merging ever longer runs. */
function inversions(values: Int32Array): number {
  let [from, to] = [Int32Array.from(values), new Int32Array(values.length)]
  let count = 0
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      count += merge(from, to, { start, width })
    }
    ;[from, to] = [to, from]
  }
  return count
}

function merge(
  from: Int32Array,
  to: Int32Array,
  { start, width }: { readonly start: number; readonly width: number },
): number {
  const middle = Math.min(start + width, from.length)
  const end = Math.min(start + 2 * width, from.length)
  let [left, right, count] = [start, middle, 0]
  for (let at = start; at < end; at++) {
    const takeLeft = left < middle && (right >= end || (from[left] as number) <= (from[right] as number))
    if (!takeLeft) count += middle - left
    to[at] = (takeLeft ? from[left++] : from[right++]) as number
  }
  return count
}
