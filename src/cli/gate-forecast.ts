import { KnownError } from '../errors.ts'
import type { Bundle } from '../forecast/bundle.ts'
import type { Estimated } from '../forecast/estimate.ts'
import { defaultAgent, modelsOf } from '../forecast/pair.ts'
import type { AskedTask, ReadTask, Workbench } from '../forecast/read-workbench.ts'
import type { Budget } from '../gate/budget.ts'
import type { TaskToJudge } from './gate-tasks.ts'

/** A task with its forecasts. */
export interface GatedTask extends TaskToJudge {
  readonly agent: string
  /** Those it is judged for. */
  readonly models: readonly string[]
  readonly read: ReadTask
  /** Of those models, and of every other that the bundle knows with the agent. */
  readonly forecasts: readonly Estimated[]
  /** Of the errors of tasks of one repository, by regime. */
  readonly correlations: Bundle['repositoryCorrelation']
}

interface Asked {
  readonly workbench: Workbench
  readonly budget: Budget
  /** As the command line or the settings say; null = not said. */
  readonly agent: string | null
  readonly models: readonly string[] | null
}

/**
 * Forecasts a task for the models it is judged for, and for those that it could be done with instead. What is said on
 * the command line counts before what stands beside the issue, and that before the budget.
 */
export function forecastForGate({ workbench, budget, ...asked }: Asked) {
  const { bundle } = workbench.forecaster
  return async (task: TaskToJudge): Promise<GatedTask> => {
    const { hints } = task.document
    const agent = asked.agent ?? hints.agent ?? budget.agent ?? defaultAgent(bundle)
    const own = hints.models?.length ? hints.models : null
    const models = asked.models ?? own ?? budget.models
    if (models === null) {
      throw new KnownError('usage', `no model is named for ${task.key}`, {
        fix: `name the one that will do the work, with --model or as "models" in the budget; known: ${modelsOf(bundle, agent).join(', ')}`,
      })
    }
    const all = [...new Set([...models, ...modelsOf(bundle, agent)])]
    const {
      forecasts,
      data: _,
      features: _kept,
      ...read
    } = await workbench.forecast(askedTask(task, agent, all))
    const correlations = bundle.repositoryCorrelation
    return { ...task, agent, models: [...new Set(models)], read, forecasts, correlations }
  }
}

/** One run of a task by some models. */
export const askedTask = (
  { document, repository, selfForecasts }: TaskToJudge,
  agent: string,
  models: readonly string[],
): AskedTask => ({
  issue: document.issue,
  repository,
  agent,
  models,
  meanOf: 1,
  budgetUsd: null,
  selfForecasts,
})
