import type { Binned } from './boosting-bins.ts'
import { countOf, gradientOf, type Units } from './boosting-packing.ts'
import type { Team } from './boosting-team.ts'

/** Rows whose bin in `feature` is at most `bin` go left; missing ones where `missingLeft` says. */
export interface Cut {
  /** A column of the whole table. */
  readonly feature: number
  readonly bin: number
  /** The largest value that goes left. */
  readonly threshold: number
  readonly missingLeft: boolean
  /** What the squared loss falls by, in squared gradient steps. */
  readonly gain: number
}

export interface SplitRules {
  readonly binned: Binned
  /** Own columns that are asked for, counted from the first own one, ascending. */
  readonly features: Int32Array
  readonly units: Units
  readonly minLeafRows: number
  readonly l2: number
}

/**
 * The cut of own columns with the largest gain G²/(n + λ) left + right − whole (Friedman 2001; λ as Chen and Guestrin
 * 2016), or null.
 */
export function bestCut(histogram: Float64Array, rules: SplitRules): Cut | null {
  const [some] = rules.features
  if (some === undefined) return null
  // Every row is in one bin of each column.
  const total = totalOf(histogram, rules.binned, some)
  const whole = score(total, rules)
  let best: Cut | null = null
  for (const feature of rules.features) {
    const found = bestOfFeature(histogram, { feature, total, whole }, rules)
    // Gains of pure rounding are no reason to split.
    if (found && found.gain > (best?.gain ?? 1e-9 * whole)) best = found
  }
  return best
}

/** For each place, the best of the cuts that all threads found for it; of equally good ones that of the first column. */
export function agreedCuts(own: readonly (Cut | null)[], team: Team): (Cut | null)[] {
  const said = team.exchange(own.flatMap(numbersOf))
  return own.map((_, k) => {
    const cuts = said.map((numbers) => cutFrom(numbers.slice(NUMBERS * k, NUMBERS * (k + 1))))
    return cuts.reduce((best, cut) => ((cut?.gain ?? -1) > (best?.gain ?? -1) ? cut : best))
  })
}

const NUMBERS = 5

const numbersOf = (cut: Cut | null): number[] =>
  cut ? [cut.feature, cut.bin, cut.threshold, Number(cut.missingLeft), cut.gain] : [-1, 0, 0, 0, 0]

function cutFrom(numbers: readonly number[]): Cut | null {
  const [feature, bin, threshold, missingLeft, gain] = numbers as [number, number, number, number, number]
  return feature < 0 ? null : { feature, bin, threshold, missingLeft: missingLeft === 1, gain }
}

function totalOf(histogram: Float64Array, { starts }: Binned, feature: number): number {
  let total = 0
  for (let k = starts[feature] as number; k < (starts[feature + 1] as number); k++)
    total += histogram[k] as number
  return total
}

interface Target {
  readonly feature: number
  readonly total: number
  readonly whole: number
}

function bestOfFeature(
  histogram: Float64Array,
  { feature, total, whole }: Target,
  rules: SplitRules,
): Cut | null {
  const { binned } = rules
  const from = binned.starts[feature] as number
  const to = from + (binned.bins[feature] as number)
  const absent = histogram[to] as number
  const sums = histogram.subarray(from, to)
  const right = scan(sums, { start: 0, total, absent }, rules)
  const left = absent > 0 ? scan(sums, { start: absent, total, absent: 0 }, rules) : null
  const found = left && left.score > right.score ? left : right
  const { bin } = found
  if (bin < 0) return null
  // Where nothing was missing, later missing values follow the larger side.
  const missingLeft = absent > 0 ? found === left : 2 * found.rows >= countOf(total, rules.units)
  // Past the last edge only missing values are left to go right.
  const threshold = binned.guides[feature]?.edges[bin] ?? Number.MAX_VALUE
  return { feature: binned.first + feature, bin, threshold, missingLeft, gain: found.score - whole }
}

interface Found {
  readonly bin: number
  readonly score: number
  readonly rows: number
}

/** Moves bins to the left one by one, from `start`; without missing rows on the right the last bin must stay there. */
function scan(
  sums: Float64Array,
  { start, total, absent }: { start: number; total: number; absent: number },
  rules: SplitRules,
): Found {
  const { units, minLeafRows, l2 } = rules
  const { scale, offset } = units
  // Exact, as the scale is a power of two.
  const perRow = 1 / scale
  const rows = countOf(total, units)
  const gradient = gradientOf(total, rows, units)
  const end = absent > 0 ? sums.length : sums.length - 1
  let [left, bin, best, bestRows] = [start, -1, 0, 0]
  for (let k = 0; k < end; k++) {
    const sum = sums[k] as number
    if (sum === 0) continue
    left += sum
    const leftRows = Math.round(left * perRow)
    if (leftRows < minLeafRows) continue
    if (rows - leftRows < minLeafRows) break
    const g = left - leftRows * scale + leftRows * offset
    const rest = gradient - g
    const gain = (g * g) / (leftRows + l2) + (rest * rest) / (rows - leftRows + l2)
    if (gain > best) {
      best = gain
      bin = k
      bestRows = leftRows
    }
  }
  return { bin, score: best, rows: bestRows }
}

function score(total: number, { units, l2 }: SplitRules): number {
  const rows = countOf(total, units)
  return gradientOf(total, rows, units) ** 2 / (rows + l2)
}
