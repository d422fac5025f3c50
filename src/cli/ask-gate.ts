import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import { openWorkbench, type Workbench } from '../forecast/read-workbench.ts'
import { type Budget, parseBudget } from '../gate/budget.ts'
import { capsOf, type RunCap } from '../gate/cap.ts'
import { cheapestPassing } from '../gate/cheapest.ts'
import { judge, strictest, type VerdictKind } from '../gate/judge.ts'
import type { GateForecast, GateTask } from '../gate/task.ts'
import { documentOf, type GateDocument, type JudgedTask } from '../report/gate-document.ts'
import type { Settings } from '../settings.ts'
import type { IssueDocument } from '../task/issue.ts'
import { type BaselineBook, readBaseline } from './gate-baseline.ts'
import { forecastForGate, type GatedTask } from './gate-forecast.ts'
import { type FailedTask, readTasks, settled } from './gate-tasks.ts'
import { githubAccess } from './github-access.ts'
import { progressBar } from './progress.ts'

/** What the gate is asked; null = not said. */
export interface GateRequest {
  readonly budgetFile: string
  /** Issues that were read already. */
  readonly issues: readonly IssueDocument[]
  /** Files, "-", URLs, `owner/repo#n`. */
  readonly references: readonly string[]
  /** JSON Lines files of tasks. */
  readonly batch: readonly string[]
  readonly repo: string | null
  readonly commit: string | null
  /** `owner/name`. */
  readonly repository: string | null
  readonly models: readonly string[] | null
  /** A commit of the repository, or an answer of the gate in a file. */
  readonly baseline: string | null
  /** True: as if the budget said so. */
  readonly informational: boolean
}

/** What the gate answers. */
export interface GateAnswer {
  readonly document: GateDocument
  /** Of the runs that may go ahead; null unless all may. */
  readonly caps: readonly RunCap[] | null
}

/**
 * Forecasts every task and holds it against the budget.
 * @throws KnownError budget-*, baseline-*, usage, and what opening a bundle or a repository throws
 */
export async function askGate(app: App, settings: Settings, request: GateRequest): Promise<GateAnswer> {
  const budget = await readBudget(app, request.budgetFile)
  const workbench = await openWorkbench(app, settings)
  try {
    const { tasks, failures } = await forecastTasks({ app, settings, workbench, budget }, request)
    if (tasks.length + failures.length === 0) {
      throw new KnownError('usage', `no task in ${request.batch.join(', ')}`, { fix: 'name an issue' })
    }
    const baseline = await readBaseline({ app, workbench, request }, tasks)
    return answerOf({ budget, request, failures, baseline }, tasks)
  } finally {
    workbench.close()
  }
}

async function readBudget(app: App, file: string): Promise<Budget> {
  try {
    const bytes = await readFile(resolve(app.cwd, file))
    return parseBudget(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file)
  } catch (error) {
    if (error instanceof KnownError) throw error
    if (error instanceof TypeError) throw new KnownError('budget-malformed', `${file} is not UTF-8 text`)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new KnownError('file-unreadable', `${file} (${code})`, { cause: error })
    const fix = 'make one with `foretoken gate init`, or name another with --budget-file'
    throw new KnownError('file-not-found', file, { fix, cause: error })
  }
}

interface Equipment {
  readonly app: App
  readonly settings: Settings
  readonly workbench: Workbench
  readonly budget: Budget
}

async function forecastTasks({ app, settings, workbench, budget }: Equipment, request: GateRequest) {
  const tasks: GatedTask[] = []
  const failures: FailedTask[] = []
  const bar = progressBar(app, 'forecasting')
  const forecast = forecastForGate({ workbench, budget, agent: settings.agent.value, models: request.models })
  try {
    for await (const task of readTasks({ app, github: githubAccess(app, settings) }, request)) {
      const result = 'error' in task ? task : await settled(task.key, () => forecast(task))
      if ('error' in result) failures.push(result)
      else tasks.push(result)
      bar.count(tasks.length + failures.length)
    }
  } finally {
    bar.end()
  }
  return { tasks, failures }
}

interface Around {
  readonly budget: Budget
  readonly request: GateRequest
  readonly failures: readonly FailedTask[]
  readonly baseline: BaselineBook
}

function answerOf({ budget, request, failures, baseline }: Around, tasks: readonly GatedTask[]): GateAnswer {
  const judged = tasks.map((task) => ({ ...task, gate: gateTask(task, task.models, baseline) }))
  const verdict = judge(
    budget,
    judged.map(({ gate }) => gate),
  )
  // A task that could not be read was not judged.
  const kind = strictest([verdict.kind, ...(failures.length > 0 ? (['undecided'] as const) : [])])
  const informational = budget.informational || request.informational
  const document = documentOf({
    budgetFile: request.budgetFile,
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
const gateTask = (task: GatedTask, models: readonly string[], baseline: BaselineBook): GateTask => ({
  key: task.key,
  path: task.path,
  labels: task.document.issue.labels,
  agent: task.agent,
  repository: task.read.repository,
  forecasts: models.flatMap((model) => gateForecast(task, model, baseline) ?? []),
})

function gateForecast(task: GatedTask, model: string, baseline: BaselineBook): GateForecast | null {
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
function cheapest(budget: Budget, tasks: readonly (GatedTask & JudgedTask)[], baseline: BaselineBook) {
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
