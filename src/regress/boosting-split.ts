import type { Binned } from './boosting-bins.ts'
import { countOf } from './boosting-packing.ts'

/** Rows whose bin in `feature` is at most `bin` go left; missing ones where `missingLeft` says. */
export interface Cut {
  readonly feature: number
  readonly bin: number
  readonly missingLeft: boolean
  /** What the squared loss falls by, in squared gradient steps. */
  readonly gain: number
}

export interface SplitRules {
  readonly binned: Binned
  readonly features: Int32Array
  readonly scale: number
  readonly minLeafRows: number
  readonly l2: number
}

/** The cut with the largest gain G²/(n + λ) left + right − whole (Friedman 2001; λ as Chen and Guestrin 2016), or null. */
export function bestCut(histogram: Float64Array, total: number, rules: SplitRules): Cut | null {
  const whole = score(total, rules)
  let best: Cut | null = null
  for (const feature of rules.features) {
    const found = bestOfFeature(histogram, { feature, total, whole }, rules)
    // Gains of pure rounding are no reason to split.
    if (found && found.gain > (best?.gain ?? 1e-9 * whole)) best = found
  }
  return best
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
  const from = rules.binned.starts[feature] as number
  const to = from + (rules.binned.bins[feature] as number)
  const absent = histogram[to] as number
  const sums = histogram.subarray(from, to)
  const right = scan(sums, { start: 0, total, absent }, rules)
  const left = absent > 0 ? scan(sums, { start: absent, total, absent: 0 }, rules) : null
  const found = left && left.score > right.score ? left : right
  if (found.bin < 0) return null
  // Where nothing was missing, later missing values follow the larger side.
  const missingLeft = absent > 0 ? found === left : 2 * found.rows >= countOf(total, rules.scale)
  return { feature, bin: found.bin, missingLeft, gain: found.score - whole }
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
  const { scale, minLeafRows, l2 } = rules
  const rows = countOf(total, scale)
  const gradient = total - rows * scale
  const end = absent > 0 ? sums.length : sums.length - 1
  let [left, bin, best, bestRows] = [start, -1, 0, 0]
  for (let k = 0; k < end; k++) {
    const sum = sums[k] as number
    if (sum === 0) continue
    left += sum
    const leftRows = Math.round(left / scale)
    if (leftRows < minLeafRows) continue
    if (rows - leftRows < minLeafRows) break
    const g = left - leftRows * scale
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

function score(total: number, { scale, l2 }: SplitRules): number {
  const rows = countOf(total, scale)
  return (total - rows * scale) ** 2 / (rows + l2)
}
