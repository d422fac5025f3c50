import { logistic, type ResolvedState, TASK_NODES } from '../forecast/resolved.ts'
import { minimise } from '../regress/minimise.ts'
import type { Dataset } from './dataset.ts'
import type { SpendRow } from './spend.ts'

/**
 * Fits logit P(resolved) = level of the pair + slope · size + taskSd · ε by maximum likelihood, ε standard normal and
 * common to all runs of a task. `sizes` are forecasts of the tasks' sizes made without them; only tasks of `train` are
 * looked at.
 *
 * The OpenHands outcomes are published only for tasks that every model solved at least once; taking those tasks alone
 * would promise far too much. The likelihood therefore says for every other task that at least one model failed always.
 */
export function fitResolved(
  dataset: Dataset,
  sizes: Float64Array,
  train: readonly number[] = [...dataset.tasks.keys()],
): ResolvedState {
  const tasks = train.map((t) => ({ size: sizes[t] as number, outcomes: outcomesOf(dataset, t) }))
  const negativeLogLikelihood = (x: readonly number[]) => {
    const state = stateOf(x)
    return -tasks.reduce((sum, { outcomes, size }) => sum + Math.log(likelihood(outcomes, state, size)), 0)
  }
  const start = [...dataset.pairs.map(() => 1), -0.3, 1]
  return rounded(stateOf(minimise(negativeLogLikelihood, start, { step: 0.5, tolerance: 0.005 })))
}

const stateOf = (x: readonly number[]): ResolvedState => ({
  levels: x.slice(0, -2),
  slope: x.at(-2) as number,
  taskSd: Math.abs(x.at(-1) as number),
})

const rounded = ({ levels, slope, taskSd }: ResolvedState): ResolvedState => ({
  levels: levels.map((level) => (level === null ? null : Number(level.toFixed(4)))),
  slope: Number(slope.toFixed(4)),
  taskSd: Number(taskSd.toFixed(4)),
})

/** What is known of one pair on one task. */
interface Outcome {
  readonly pair: number
  readonly runs: number
  /** Null: not counted, but known to be at least one where the task is among the solved. */
  readonly resolved: number | null
}

interface TaskOutcomes {
  readonly counted: readonly Outcome[]
  /** Pairs whose counts are published only where all of them solved the task, and whether this is such a task. */
  readonly selected: readonly Outcome[]
  readonly solvedByAll: boolean
}

function outcomesOf({ spend }: Dataset, task: number): TaskOutcomes {
  const rows = spend.flatMap((byTask, pair) => {
    const row = byTask.get(task)
    return row === undefined ? [] : [{ pair, row }]
  })
  const toOutcome = ({ pair, row }: { pair: number; row: SpendRow }) => ({
    pair,
    runs: row.runs,
    resolved: row.resolved,
  })
  // Single runs carry their outcome whatever it was; means of several carry it only on the selected tasks.
  const several = rows.filter(({ row }) => row.runs > 1)
  return {
    counted: rows.filter(({ row }) => row.runs === 1 && row.resolved !== null).map(toOutcome),
    selected: several.map(toOutcome),
    solvedByAll: several.some(({ row }) => row.succeeded !== null),
  }
}

function likelihood(outcomes: TaskOutcomes, state: ResolvedState, size: number): number {
  let sum = 0
  for (const node of TASK_NODES) {
    const common = state.slope * size + state.taskSd * node
    const p = ({ pair }: Outcome) => logistic((state.levels[pair] as number) + common)
    const counted = outcomes.counted.reduce((product, each) => product * binomial(each, p(each)), 1)
    sum += counted * selectedLikelihood(outcomes, p)
  }
  return sum / TASK_NODES.length
}

function selectedLikelihood(
  { selected, solvedByAll }: TaskOutcomes,
  p: (outcome: Outcome) => number,
): number {
  if (selected.length === 0) return 1
  if (solvedByAll) return selected.reduce((product, each) => product * binomial(each, p(each)), 1)
  return 1 - selected.reduce((product, each) => product * atLeastOne(each, p(each)), 1)
}

const atLeastOne = ({ runs }: Outcome, p: number): number => 1 - (1 - p) ** runs

/** Binomial probability up to its constant; P(at least one) where the count is not known. */
function binomial(outcome: Outcome, p: number): number {
  const { resolved, runs } = outcome
  return resolved === null ? atLeastOne(outcome, p) : p ** resolved * (1 - p) ** (runs - resolved)
}
