import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { openWorkbench, type Workbench } from '../forecast/read-workbench.ts'
import { type Budget, parseBudget } from '../gate/budget.ts'
import { type GateAnswer, judgeTasks } from '../report/judge-tasks.ts'
import type { Settings } from '../settings.ts'
import type { IssueDocument } from '../task/issue.ts'
import { calibrateFrom } from './calibrate.ts'
import { readBaseline } from './gate-baseline.ts'
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

/**
 * Forecasts every task and holds it against the budget.
 * @throws KnownError budget-*, baseline-*, usage, and what opening a bundle or a repository throws
 */
export async function askGate(app: App, settings: Settings, request: GateRequest): Promise<GateAnswer> {
  const budget = await readBudget(app, request.budgetFile)
  const workbench = await openWorkbench(app, settings, { calibrate: calibrateFrom(app, settings) })
  try {
    const { tasks, failures } = await forecastTasks({ app, settings, workbench, budget }, request)
    if (tasks.length + failures.length === 0) {
      throw new KnownError('usage', `no task in ${request.batch.join(', ')}`, { fix: 'name an issue' })
    }
    const baseline = await readBaseline({ app, workbench, request }, tasks)
    const { budgetFile, informational } = request
    return judgeTasks({ budget, budgetFile, informational, failures, baseline }, tasks)
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
