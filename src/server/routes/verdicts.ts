import { setImmediate } from 'node:timers/promises'
import { KnownError } from '../../errors.ts'
import { defaultAgent, modelsOf } from '../../forecast/pair.ts'
import { type Budget, parseBudget } from '../../gate/budget.ts'
import { levelsInAnswer } from '../../report/gate-answer.ts'
import {
  type BaselineBook,
  baselineBook,
  judgeTasks,
  NO_BASELINE,
  type TaskWithForecasts,
} from '../../report/judge-tasks.ts'
import { forecastFor, taskAsked } from '../forecasting/forecast-for.ts'
import { VerdictAnswer, VerdictAsked } from '../schemas/verdict.ts'
import type { ServiceContext } from '../service-context.ts'
import { json, route } from './route.ts'

/** How messages call what was sent. */
const BUDGET = 'budget'

type AskedTasks = (typeof VerdictAsked)['_output']['tasks']

/** `POST /v1/verdicts`: whether tasks stay within a budget. */
export const makeVerdict = route({
  method: 'post',
  path: '/v1/verdicts',
  access: 'gate',
  tag: 'verdicts',
  summary: 'Hold forecasts of tasks against a budget',
  description: 'The same judgement as `foretoken gate`. Undecided is never a pass unless the budget says so.',
  body: VerdictAsked,
  responses: { 200: { description: 'the verdict', schema: VerdictAnswer } },
  async handle({ context, body, signal }) {
    const budget = budgetOf(body.budget)
    const baseline = baselineOf(body.baseline ?? null)
    const { tasks, failures } = await ofOneBundle(context, () =>
      forecastTasks(context, body.tasks, { budget, signal }),
    )
    const held = {
      budget,
      budgetFile: BUDGET,
      informational: body.informational ?? false,
      failures,
      baseline,
    }
    return json(200, judgeTasks(held, tasks).document)
  },
})

/** Its mistakes are told by their places in the body. @throws KnownError budget-malformed */
function budgetOf(value: object): Budget {
  try {
    return parseBudget(JSON.stringify(value, null, 2), BUDGET)
  } catch (cause) {
    if (!(cause instanceof KnownError)) throw cause
    const { code, detail, fix } = cause
    const problems = cause.problems.map((each) => ({ ...each, pointer: `/${BUDGET}${each.pointer}` }))
    throw new KnownError(code, detail, { cause, fix, problems })
  }
}

const calledTwice = (key: string): KnownError =>
  new KnownError('request-malformed', `two tasks are called ${key}`, {
    fix: 'give each task an id of its own',
  })

function baselineOf(answer: object | null): BaselineBook {
  if (answer === null) return NO_BASELINE
  return baselineBook({ kind: 'file', name: 'baseline' }, levelsInAnswer(answer, 'baseline'))
}

interface Held {
  readonly key: string
  readonly budget: Budget
  readonly signal: AbortSignal
}

interface Forecasts {
  readonly tasks: readonly TaskWithForecasts[]
  readonly failures: readonly { readonly key: string; readonly error: KnownError }[]
}

/** A bundle is replaced once a day: twice within a request is no chance. */
const MOST_TRIES = 5

/** Tasks of one verdict are held against each other: where the bundle was replaced meanwhile, all are forecast anew. */
async function ofOneBundle(context: ServiceContext, make: () => Promise<Forecasts>): Promise<Forecasts> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const before = context.inForce().forecaster
    const made = await make()
    if (context.inForce().forecaster === before) return made
  }
  throw new KnownError('service-busy', 'the bundle is replaced again and again')
}

async function forecastTasks(
  context: ServiceContext,
  asked: AskedTasks,
  { budget, signal }: Omit<Held, 'key'>,
): Promise<Forecasts> {
  const tasks: TaskWithForecasts[] = []
  const failures: { key: string; error: KnownError }[] = []
  for (const [place, one] of asked.entries()) {
    // In between others have their turn.
    await setImmediate()
    signal.throwIfAborted()
    const key = one.id ?? `task ${place + 1}`
    const isTwice = [...tasks, ...failures].some((task) => task.key === key)
    const result = isTwice ? calledTwice(key) : await forecastTask(context, one, { key, budget, signal })
    if (result instanceof KnownError) failures.push({ key, error: result })
    else tasks.push(result)
  }
  return { tasks, failures }
}

/** A task that cannot be forecast costs only itself. */
async function forecastTask(
  context: ServiceContext,
  asked: AskedTasks[number],
  { key, budget, signal }: Held,
): Promise<TaskWithForecasts | KnownError> {
  const { bundle } = context.inForce().forecaster
  try {
    const task = taskAsked(context, asked)
    const agent = asked.agent ?? budget.agent ?? context.agent ?? defaultAgent(bundle)
    const models = asked.models ?? budget.models
    if (models === null || models === undefined) {
      throw new KnownError('request-malformed', `no model is named for ${key}`, {
        fix: `name the one that will do the work, as "models" of the task or of the budget; known: ${modelsOf(bundle, agent).join(', ')}`,
      })
    }
    const all = [...new Set([...models, ...modelsOf(bundle, agent)])]
    const url = asked.repository?.url ?? null
    const {
      forecasts,
      data: _,
      features: _kept,
      ...read
    } = await forecastFor(context, { ...task, agent, models: all }, { url, signal })
    const document = { issue: task.issue }
    const own = { key, path: null, document, agent, models: [...new Set(models)], read, forecasts }
    return { ...own, correlations: bundle.repositoryCorrelation }
  } catch (error) {
    if (error instanceof KnownError && error.code !== 'service-busy') return error
    throw error
  }
}
