import { pearson } from '../metrics/pearson.ts'
import { seededRandom, shuffled } from '../regress/random.ts'
import { type Dataset, QUANTITIES, type Quantity } from './dataset.ts'
import type { Recipe, Targets } from './fit.ts'
import { type Fold, fitOn, forecastInto, nothingHeldOut, outside, type Step } from './folds.ts'

/** Mean r over pairs of log10 tokens when `known` finished tasks of what is new have joined the training. */
export interface ColdStart {
  readonly known: number
  readonly r: Readonly<Record<Quantity, number>>
  /** Median factor between forecast and actual, the larger over the smaller. */
  readonly factor: Readonly<Record<Quantity, number>>
}

export const KNOWN_TASKS = [0, 3, 5, 10, 20] as const
const DRAWS = 3

/** What is scored, and how the forecasters are fitted. */
export interface ColdStartInput {
  readonly dataset: Dataset
  readonly targets: Targets
  /** Indices of the pairs that are scored. */
  readonly pairs: readonly number[]
  readonly folds: readonly Fold[]
  readonly recipe: Recipe
}

/** A new repository: `known` of its tasks are trained on, the rest is scored. Mean over three draws. */
export async function coldRepository(input: ColdStartInput, step: Step): Promise<readonly ColdStart[]> {
  const points: ColdStart[] = []
  for (const known of KNOWN_TASKS) {
    const draws: Score[] = []
    for (let draw = 0; draw < (known === 0 ? 1 : DRAWS); draw++) {
      draws.push(await drawRepositories(input, known, 1000 * draw + known, step))
    }
    points.push({ known, ...meanScore(draws) })
  }
  return points
}

async function drawRepositories(
  { dataset, targets, folds, recipe, pairs }: ColdStartInput,
  known: number,
  seed: number,
  step: Step,
): Promise<Score> {
  const heldOut = nothingHeldOut(dataset)
  for (const fold of folds) {
    const rest = shuffled(fold, seededRandom(seed)).slice(known)
    if (rest.length > 0) {
      forecastInto(heldOut, dataset, fitOn(dataset, targets, outside(dataset, rest), recipe), rest)
    }
    await step()
  }
  return score(dataset, targets, heldOut.plain, pairs)
}

/** The points of `coldModel`. */
export const KNOWN_OF_MODEL = KNOWN_TASKS.filter((known) => known !== 3 && known !== 10)

/** A new model: of each in turn, only `known` of its runs are trained on. Folds are by task. */
export async function coldModel(input: ColdStartInput, step: Step): Promise<readonly ColdStart[]> {
  const points: ColdStart[] = []
  for (const known of KNOWN_OF_MODEL) {
    const each: Score[] = []
    for (const pair of input.pairs) each.push(await drawModel(input, known, pair, step))
    points.push({ known, ...meanScore(each) })
  }
  return points
}

async function drawModel(
  { dataset, targets, folds, recipe }: ColdStartInput,
  known: number,
  pair: number,
  step: Step,
): Promise<Score> {
  const heldOut = nothingHeldOut(dataset)
  // The same few tasks in every fold, as one team has them; a fold does without those it is scored on.
  const chosen = shuffled(dataset.tasks.keys(), seededRandom(pair)).slice(0, known)
  for (const fold of folds) {
    const kept = new Set(chosen.filter((t) => !fold.includes(t)))
    const blanked = blankPair(dataset, targets, pair, kept)
    forecastInto(heldOut, dataset, fitOn(dataset, blanked, outside(dataset, fold), recipe), fold)
    await step()
  }
  return score(dataset, targets, heldOut.plain, [pair])
}

function blankPair(
  { tasks, pairs }: Dataset,
  targets: Targets,
  pair: number,
  kept: ReadonlySet<number>,
): Targets {
  const blank = (values: Float64Array) => {
    const copy = Float64Array.from(values)
    for (const t of tasks.keys()) if (!kept.has(t)) copy[t * pairs.length + pair] = Number.NaN
    return copy
  }
  return { output: blank(targets.output), total: blank(targets.total) }
}

type Score = Pick<ColdStart, 'r' | 'factor'>

function score(dataset: Dataset, targets: Targets, predicted: Targets, pairs: readonly number[]): Score {
  const of = (quantity: Quantity) => {
    const cells = pairs.map((pair) => {
      const at = dataset.tasks.map((_, t) => t * dataset.pairs.length + pair)
      const used = at.filter(
        (k) => !Number.isNaN(predicted[quantity][k]) && !Number.isNaN(targets[quantity][k]),
      )
      return {
        actual: Float64Array.from(used, (k) => targets[quantity][k] as number),
        forecast: Float64Array.from(used, (k) => predicted[quantity][k] as number),
      }
    })
    const errors = cells.flatMap(({ actual, forecast }) =>
      [...actual].map((value, i) => Math.abs(value - (forecast[i] as number))),
    )
    return {
      r: cells.reduce((sum, { actual, forecast }) => sum + pearson(actual, forecast), 0) / cells.length,
      factor: 10 ** (errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)] as number),
    }
  }
  return byQuantity(of)
}

function byQuantity(of: (quantity: Quantity) => { r: number; factor: number }): Score {
  const [output, total] = QUANTITIES.map(of) as [{ r: number; factor: number }, { r: number; factor: number }]
  return { r: { output: output.r, total: total.r }, factor: { output: output.factor, total: total.factor } }
}

function meanScore(scores: readonly Score[]): Score {
  const mean = (of: (score: Score) => number) => scores.reduce((sum, one) => sum + of(one), 0) / scores.length
  return byQuantity((quantity) => ({
    r: mean(({ r }) => r[quantity]),
    factor: mean(({ factor }) => factor[quantity]),
  }))
}
