import { EXIT, type KnownError } from '../errors.ts'
import type { Bundle } from '../forecast/bundle.ts'
import type { Estimated } from '../forecast/estimate.ts'
import type { Budget } from '../gate/budget.ts'
import { capsOf, type RunCap } from '../gate/cap.ts'
import { cheapestPassing } from '../gate/cheapest.ts'
import { judge, strictest, type VerdictKind } from '../gate/judge.ts'
import type { Baseline, GateForecast, GateTask } from '../gate/task.ts'
import type { BaselineSource, KnownLevels } from './gate-answer.ts'
import { documentOf, type GateDocument, type JudgedTask } from './gate-document.ts'

/** What the gate answers. */
export interface GateAnswer {
  readonly document: GateDocument
  /** Of the runs that may go ahead; null unless all may. */
  readonly caps: readonly RunCap[] | null
}

/** A task with its forecasts. */
export interface TaskWithForecasts {
  /** What it is called: its id, else its path, else its place in the list. */
  readonly key: string
  /** With slashes, relative to the folder of the budget; null = it is in no file. */
  readonly path: string | null
  readonly document: { readonly issue: { readonly title: string; readonly labels: readonly string[] } }
  readonly agent: string
  /** Those it is judged for. */
  readonly models: readonly string[]
  readonly read: JudgedTask['read']
  /** Of those models, and of every other that the bundle knows with the agent. */
  readonly forecasts: readonly Estimated[]
  /** Of the errors of tasks of one repository, by regime. */
  readonly correlations: Bundle['repositoryCorrelation']
}

/** What tasks were forecast to spend before. */
export interface BaselineBook {
  readonly source: BaselineSource | null
  of(task: string, model: string): Baseline
}

/** Nothing was forecast before. */
export const NO_BASELINE: BaselineBook = { source: null, of: () => ({ kind: 'none' }) }

/** What is known of tasks and models, as a baseline; a task that it does not have is new. */
export const baselineBook = (
  source: BaselineSource,
  levels: ReadonlyMap<string, ReadonlyMap<string, KnownLevels>>,
): BaselineBook => ({
  source,
  of(task, model) {
    const models = levels.get(task)
    return models === undefined
      ? { kind: 'new' }
      : { kind: 'known', levels: models.get(model) ?? NOTHING_KNOWN }
  },
})

const NOTHING_KNOWN = { usd: null, totalTokens: null, outputTokens: null, calls: null }

/** What tasks are held against. */
export interface HeldAgainst {
  readonly budget: Budget
  /** How the budget is called. */
  readonly budgetFile: string
  /** True: as if the budget said so. */
  readonly informational: boolean
  /** Tasks that could not be forecast. */
  readonly failures: readonly { readonly key: string; readonly error: KnownError }[]
  readonly baseline: BaselineBook
}

/** Holds tasks against a budget. Pure. */
export function judgeTasks(
  { budget, budgetFile, informational: asked, failures, baseline }: HeldAgainst,
  tasks: readonly TaskWithForecasts[],
): GateAnswer {
  const judged = tasks.map((task) => ({ ...task, gate: gateTask(task, task.models, baseline) }))
  const verdict = judge(
    budget,
    judged.map(({ gate }) => gate),
  )
  // A task that could not be read was not judged.
  const kind = strictest([verdict.kind, ...(failures.length > 0 ? (['undecided'] as const) : [])])
  const informational = budget.informational || asked
  const document = documentOf({
    budgetFile,
    baseline: baseline.source,
    verdict: { ...verdict, kind },
    informational,
    exit: failures[0]?.error.exit ?? (informational ? EXIT.ok : EXITS[kind]),
    tasks: judged,
    failures,
    cheapest: cheapest(budget, judged, baseline),
  })
  const passed = failures.length === 0 && (kind === 'pass' || kind === 'warn')
  const caps = passed
    ? capsOf(
        budget,
        judged.map(({ gate }) => gate),
      )
    : null
  return { document, caps }
}

const EXITS: Readonly<Record<VerdictKind, number>> = {
  pass: EXIT.ok,
  warn: EXIT.ok,
  undecided: EXIT.undecided,
  fail: EXIT.overBudget,
}

/** The task with the forecasts of some of its models. */
const gateTask = (task: TaskWithForecasts, models: readonly string[], baseline: BaselineBook): GateTask => ({
  key: task.key,
  path: task.path,
  labels: task.document.issue.labels,
  agent: task.agent,
  repository: task.read.repository,
  forecasts: models.flatMap((model) => gateForecast(task, model, baseline) ?? []),
})

function gateForecast(task: TaskWithForecasts, model: string, baseline: BaselineBook): GateForecast | null {
  const found = task.forecasts.find(({ estimate }) => estimate.model === model)
  if (found === undefined) return null
  const { kinship, regime } = found.estimate.basis
  return {
    model,
    seen: kinship !== 'unseen',
    outcomes: found.outcomes,
    correlation: task.correlations[regime],
    baseline: baseline.of(task.key, model),
  }
}

/** Of the models that every task was forecast for. */
function cheapest(
  budget: Budget,
  tasks: readonly (TaskWithForecasts & JudgedTask)[],
  baseline: BaselineBook,
) {
  const models = tasks[0]?.forecasts.map(({ estimate }) => estimate.model) ?? []
  const candidates = models.flatMap((model) => {
    const forecasts = tasks.flatMap((task) => gateForecast(task, model, baseline) ?? [])
    return forecasts.length === tasks.length ? [forecasts] : []
  })
  return cheapestPassing(
    budget,
    tasks.map(({ gate }) => gate),
    candidates,
  )
}
