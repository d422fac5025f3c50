import { KnownError } from '../errors.ts'
import type { Interval } from './interval.ts'
import { wilsonInterval } from './wilson.ts'

/** Tasks by what succeeded on them, one run in each of two arms. */
export interface PairedCounts {
  readonly both: number
  readonly onlyReference: number
  readonly onlyOther: number
  readonly neither: number
}

/**
 * The share of tasks that succeed in the other arm less that in the reference, with the interval of Newcombe (1998,
 * Statistics in Medicine 17:2635, method 10): Wilson intervals and the correlation φ, corrected for continuity.
 */
export function pairedDifference(
  counts: PairedCounts,
  level = 0.95,
): Interval & { readonly estimate: number } {
  const n = tasksOf(counts)
  const [inReference, inOther] = [counts.both + counts.onlyReference, counts.both + counts.onlyOther]
  const [from, to] = [inReference / n, inOther / n]
  const a = wilsonInterval(inReference, n, level)
  const b = wilsonInterval(inOther, n, level)
  const phi = correlation(counts, n)
  const estimate = (counts.onlyOther - counts.onlyReference) / n
  return {
    estimate,
    low: estimate - joined(to - b.low, a.high - from, phi),
    high: estimate + joined(b.high - to, from - a.low, phi),
  }
}

const joined = (a: number, b: number, phi: number): number =>
  Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b))

function correlation({ both, onlyReference, onlyOther, neither }: PairedCounts, n: number): number {
  const rows = (both + onlyReference) * (onlyOther + neither)
  const columns = (both + onlyOther) * (onlyReference + neither)
  if (rows === 0 || columns === 0) return 0
  const cross = both * neither - onlyReference * onlyOther
  const corrected = cross > 0 ? Math.max(0, cross - n / 2) : cross
  return corrected / Math.sqrt(rows) / Math.sqrt(columns)
}

function tasksOf(counts: PairedCounts): number {
  const cells = [counts.both, counts.onlyReference, counts.onlyOther, counts.neither]
  if (!cells.every((cell) => Number.isInteger(cell) && cell >= 0))
    throw new KnownError('data-malformed', `counts of tasks ${cells.join(', ')}`)
  const n = cells.reduce((total, cell) => total + cell, 0)
  if (n === 0) throw new KnownError('too-little-data', 'the difference of two arms without a task')
  return n
}
