import type { ResidualQuantiles } from './conformal.ts'
import { plain } from './estimator.ts'
import { normalQuantile } from './normal.ts'
import { sortedQuantile } from './quantile.ts'
import { checkRange } from './training-data.ts'

const POINTS = 400

/**
 * The residuals of a single run, from those of a task's mean plus independent normal run-to-run noise of the given
 * standard deviation (log10 units if the residuals are): each is cut into 400 equally likely slices, every pair is
 * added, and the same levels are read from the 160 000 sums. Past its last level a residual is taken to be the last.
 */
export function convolveNoise(state: ResidualQuantiles, sd: number): ResidualQuantiles {
  checkRange('the standard deviation of the noise', sd, [0, Number.MAX_VALUE])
  if (sd === 0) return state
  const slices = Array.from({ length: POINTS }, (_, k) => (k + 0.5) / POINTS)
  const noise = slices.map((p) => sd * normalQuantile(p))
  const residuals = slices.map((p) => held(state, p))
  const sums = Float64Array.from({ length: POINTS * POINTS }, (_, k) => {
    return (residuals[Math.floor(k / POINTS)] as number) + (noise[k % POINTS] as number)
  }).sort()
  return { ...state, residuals: plain(state.levels.map((p) => sortedQuantile(sums, p))) }
}

/** The residual at level p, at the nearest listed level outside them. */
function held({ levels, residuals }: ResidualQuantiles, p: number): number {
  const above = levels.findIndex((level) => level >= p)
  if (above <= 0) return residuals.at(above) as number
  const [from, to] = [levels[above - 1] as number, levels[above] as number]
  const [low, high] = [residuals[above - 1] as number, residuals[above] as number]
  return low + ((p - from) / (to - from)) * (high - low)
}
