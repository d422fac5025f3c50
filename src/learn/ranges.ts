import { conformalQuantile } from '../forecast/range.ts'
import { intervalCoverage } from '../metrics/coverage.ts'
import type { Interval } from '../metrics/interval.ts'
import { pinballLoss, pinballSkill } from '../metrics/pinball.ts'
import { wilsonInterval } from '../metrics/wilson.ts'
import type { Dataset } from './dataset.ts'
import { type Fold, outside } from './folds.ts'

/** How well the 80 % range of log10 tokens holds, and what it is worth; mean over pairs. */
export interface RangeQuality {
  readonly coverage: number
  /** Wilson, 95 %, as if each task counted once. */
  readonly interval: Interval
  /** Mean width in log10 tokens. */
  readonly width: number
  /** Width over that of a forecaster without features. */
  readonly relativeWidth: number
  /** Share of the pinball loss of a forecaster without features that is saved, mean of the levels below. */
  readonly skill: number
}

const PINBALL_LEVELS = [0.1, 0.5, 0.8, 0.9] as const
const [LOW, HIGH] = [0.1, 0.9]

/** A forecaster's centre per task and its errors; the range of a fold is made from the errors on the other folds. */
export function rangeQuality(
  dataset: Dataset,
  actual: Float64Array,
  predicted: Float64Array,
  folds: readonly Fold[],
  pairs: readonly number[],
): RangeQuality {
  const each = pairs.map((pair) => pairQuality(dataset, actual, predicted, folds, pair))
  const mean = (of: (one: (typeof each)[number]) => number) =>
    each.reduce((sum, one) => sum + of(one), 0) / each.length
  const coverage = mean((one) => one.coverage)
  const tasks = folds.flat().length
  return {
    coverage,
    interval: wilsonInterval(coverage * tasks, tasks),
    width: mean((one) => one.width),
    relativeWidth: mean((one) => one.width / one.plainWidth),
    skill: mean((one) => one.skill),
  }
}

function pairQuality(
  dataset: Dataset,
  actual: Float64Array,
  predicted: Float64Array,
  folds: readonly Fold[],
  pair: number,
) {
  const at = (t: number) => t * dataset.pairs.length + pair
  const isThere = (t: number) => !Number.isNaN(actual[at(t)]) && !Number.isNaN(predicted[at(t)])
  const [truth, ours, plain] = [[] as number[], new Quantiles(), new Quantiles()]
  for (const fold of folds) {
    const others = outside(dataset, fold).filter(isThere)
    const errors = Float64Array.from(
      others,
      (t) => (actual[at(t)] as number) - (predicted[at(t)] as number),
    ).sort()
    const values = Float64Array.from(others, (t) => actual[at(t)] as number).sort()
    for (const t of fold.filter(isThere)) {
      truth.push(actual[at(t)] as number)
      ours.add(errors, predicted[at(t)] as number)
      plain.add(values, 0)
    }
  }
  const held = intervalCoverage(truth, ours.at(LOW), ours.at(HIGH))
  const plainHeld = intervalCoverage(truth, plain.at(LOW), plain.at(HIGH))
  const skills = PINBALL_LEVELS.map((p) =>
    pinballSkill(pinballLoss(truth, ours.at(p), p), pinballLoss(truth, plain.at(p), p)),
  )
  return {
    coverage: held.coverage,
    width: held.width,
    plainWidth: plainHeld.width,
    skill: skills.reduce((sum, skill) => sum + skill, 0) / skills.length,
  }
}

/** Quantiles of each task at the levels in use. */
class Quantiles {
  readonly #levels = new Map<number, number[]>([...PINBALL_LEVELS].map((level) => [level, []]))

  add(sorted: Float64Array, centre: number): void {
    for (const [level, values] of this.#levels) values.push(centre + conformalQuantile(sorted, level))
  }

  at(level: number): readonly number[] {
    return this.#levels.get(level) ?? []
  }
}
