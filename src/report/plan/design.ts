import { clustersToDetect, detectableEffect, equivalencePower } from '../../metrics/power.ts'
import { rootBetween } from '../../metrics/root.ts'

/** Two arms that run the same tasks, and how their outcomes are taken to behave. */
export interface Design {
  readonly tasks: number
  /** Runs of each task in each arm. */
  readonly repeats: number
  /** Share of runs that resolve their task in one arm, 0–1. */
  readonly rate: number
  /** ICC of the outcomes within an arm: 0 = all is chance, 1 = repeats of a task end alike. */
  readonly consistency: number
  /** Correlation, over tasks, of the true rates in the two arms: 1 = what is hard for one is for the other. */
  readonly agreement: number
  /** How many comparisons are made at once: each is held to 5 % over so many, which Holm (1979) asks at worst. */
  readonly comparisons: number
}

const ALPHA = 0.05
const POWER = 0.8

/**
 * Fewer tasks show nothing, however often they are run: all of them pointing the same way has a chance of 2^(1 − tasks)
 * without any effect, which must be below the level of a comparison.
 */
export const leastTasks = ({ comparisons }: Pick<Design, 'comparisons'>): number =>
  2 + Math.floor(Math.log2(comparisons / ALPHA))

/**
 * The standard error of the difference of the two rates, task by task, when they are `effect` apart: of what differs
 * between tasks that which the arms do not share, and of chance within a task what repeats leave (Miller 2024, "Adding
 * error bars to evals", paired differences).
 */
export const standardErrorOf = (design: Design, effect: number): number =>
  Math.sqrt((betweenTasks(design, effect) + withinTasks(design, effect) / design.repeats) / design.tasks)

/** The smallest true difference that 8 of 10 tries find; null where not even the largest possible one would be. */
export function detectableDifference(design: Design): number | null {
  if (design.tasks < leastTasks(design)) return null
  const errors = standardErrorsNeeded(design)
  const missing = (effect: number): number => errors * standardErrorOf(design, effect) - effect
  const step = Math.max(design.rate, 1 - design.rate) / STEPS
  // The first crossing: near 0 % and 100 % the arms differ so much from task to task that there may be another.
  for (let i = 1; i <= STEPS; i++)
    if (missing(i * step) <= 0) return rootBetween(missing, Math.max(NEXT_TO_NONE, (i - 1) * step), i * step)
  return null
}

const STEPS = 100
/** Where nothing is ever resolved no difference is what chance makes, which is no answer. */
const NEXT_TO_NONE = 1e-9

/** How often two one-sided tests show equal arms to be equal within ± margin. */
export function equalityPower(design: Design, margin: number): number {
  if (design.tasks < leastTasks(design)) return 0
  const expected = precision(design, 0)
  // Where nothing is left to chance, no margin is too narrow.
  if (expected.standardError === 0) return margin > 0 ? 1 : 0
  return equivalencePower({ margin }, expected, level(design))
}

/** The smallest margin within which 8 of 10 tries show equal arms to be equal; null where none below 100 % is. */
export function equalityMargin(design: Design): number | null {
  const lacking = (margin: number): number => POWER - equalityPower(design, margin)
  return lacking(1) > 0 ? null : rootBetween(lacking, 0, 1)
}

/** The fewest tasks, each run as often as in the design, with which an effect is detectable. */
export function tasksToDetect(design: Design, effect: number): number {
  const sd = standardErrorOf({ ...design, tasks: 1 }, effect)
  return Math.max(leastTasks(design), clustersToDetect(effect, sd, level(design)))
}

/** The fewest repeats of the tasks of the design; null where no number is enough. */
export function repeatsToDetect(design: Design, effect: number): number | null {
  if (design.tasks < leastTasks(design)) return null
  const wanted = effect / standardErrorsNeeded(design)
  const left = design.tasks * wanted ** 2 - betweenTasks(design, effect)
  return left > 0 ? Math.max(1, Math.ceil(withinTasks(design, effect) / left - ROUNDING)) : null
}

/** Of what the error of a difference comes from, the share that more repeats take nothing off. */
export function shareBetweenTasks(design: Design): number {
  const between = betweenTasks(design, 0)
  return between / (between + withinTasks(design, 0) / design.repeats)
}

const ROUNDING = 1e-9

/** How many standard errors a difference must be to be found in 8 of 10 tries. */
const standardErrorsNeeded = (design: Design): number =>
  detectableEffect({ standardError: 1, df: design.tasks - 1 }, level(design))

const level = ({ comparisons }: Design) => ({ alpha: ALPHA / comparisons, power: POWER })

const precision = (design: Design, effect: number) => ({
  standardError: standardErrorOf(design, effect),
  df: design.tasks - 1,
})

/** Variance over tasks of the true difference. */
function betweenTasks({ rate, consistency, agreement }: Design, effect: number): number {
  const [from, to] = variances(rate, effect)
  return consistency * (from + to - 2 * agreement * Math.sqrt(from * to))
}

/** Variance of the difference of one run in each arm, about the true difference of its task. */
function withinTasks({ rate, consistency }: Design, effect: number): number {
  const [from, to] = variances(rate, effect)
  return (1 - consistency) * (from + to)
}

/** Of an outcome in each arm; the other one lies towards ½, where there is more chance. */
function variances(rate: number, effect: number): readonly [number, number] {
  const other = rate > 0.5 ? rate - effect : rate + effect
  return [rate * (1 - rate), other * (1 - other)]
}
