import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openWorkbench } from '../forecast/read-workbench.ts'
import type { PlannedForecast } from '../report/plan/knowledge.ts'
import { planOutlook } from '../report/plan/outlook.ts'
import { runsPerTask } from '../report/plan/planned.ts'
import { rangeOfSpend } from '../report/plan/spend.ts'
import type { SpendForecast } from '../report/plan-run/plan-run-document.ts'
import type { Plan } from '../runner/plan.ts'
import type { Task, TaskSource } from '../runner/tasks/task.ts'
import type { TaskRepository } from '../runner/tasks/task-repository.ts'
import { keepEstimates } from '../store/keep-estimates.ts'
import { openStore } from '../store/open-store.ts'
import { readEpisodes } from '../store/read-episodes.ts'
import { ALL_RUNS } from '../store/read-runs.ts'
import { makeIssue } from '../task/issue.ts'
import { calibrateFrom } from './calibrate.ts'
import type { Invocation } from './command-line.ts'
import { progressBar } from './progress.ts'

/** A plan whose tasks and agents are read. */
export interface PlanToForecast {
  readonly plan: Plan
  readonly tasks: readonly Task[]
  /** Their names. */
  readonly agents: readonly string[]
  readonly repositoryOf: (task: Task) => Promise<TaskRepository>
  /** Forecasts are kept beside what came of them. */
  readonly isKept: boolean
}

/** What a plan will spend: by recorded runs where there are enough, else by forecasts of its tasks. */
export async function forecastPlan(call: Invocation, asked: PlanToForecast): Promise<SpendForecast> {
  const { plan, tasks, agents } = asked
  const forecasts = await forecastTasks(call, asked)
  const named: Plan = { ...plan, agents, tasks: { kind: 'issues', files: tasks.map(({ name }) => name) } }
  const { all } = planOutlook(named, { episodes: pastRuns(call), forecasts })
  return { usd: rangeOfSpend(all.usd), totalTokens: rangeOfSpend(all.totalTokens), from: all.usd.from }
}

/** Of each task by each agent with each model. */
export async function forecastTasks(
  { app, settings }: Invocation,
  { plan, tasks, agents, repositoryOf, isKept }: PlanToForecast,
): Promise<readonly PlannedForecast[]> {
  const bar = progressBar(app, 'forecasting')
  const workbench = await openWorkbench(app, settings, { calibrate: calibrateFrom(app, settings) })
  const { repositoryCorrelation, data } = workbench.forecaster.bundle
  const store = isKept ? openStore(resolve(app.cwd, settings.db.value), { create: true }) : null
  const forecasts: PlannedForecast[] = []
  try {
    for (const [i, task] of tasks.entries()) {
      app.signal.throwIfAborted()
      const here = isHere(task.source) ? await repositoryOf(task) : null
      for (const agent of agents) {
        const found = await workbench.forecast({
          issue: issueOf(task),
          repository: { name: null, path: here?.directory ?? null, commit: here?.commit ?? null },
          ...{ agent, models: plan.models, meanOf: runsPerTask(plan), budgetUsd: null, selfForecasts: {} },
        })
        if (store !== null)
          keepEstimates(
            store,
            { id: task.name, repository: null, commit: found.commit, data, features: found.features },
            { forecasts: found.forecasts.map(({ estimate }) => estimate), atMs: app.now() },
          )
        for (const { estimate, outcomes } of found.forecasts)
          forecasts.push({
            agent,
            model: estimate.model,
            task: task.name,
            ...{ repository: null, outcomes, resolved: estimate.resolved, notes: estimate.basis.notes },
            correlation: repositoryCorrelation[estimate.basis.regime],
            seen: estimate.basis.kinship !== 'unseen',
          })
      }
      bar.show(i + 1, tasks.length)
    }
    return forecasts
  } finally {
    bar.end()
    store?.close()
    workbench.close()
  }
}

/** Nothing is fetched for a forecast. */
const isHere = (source: TaskSource): boolean =>
  source.kind === 'files' || source.kind === 'bundle' || (source.kind === 'git' && existsSync(source.from))

/** The first heading is the title, as of a file. */
function issueOf({ issue, name }: Task): ReturnType<typeof makeIssue> {
  const [, title = name, body = issue] = /^\s*#\s+(.+)\n([\s\S]*)$/.exec(issue) ?? []
  return makeIssue({ title, body, source: { kind: 'text' } })
}

function pastRuns({ app, settings }: Invocation) {
  const file = resolve(app.cwd, settings.db.value)
  const store = existsSync(file)
    ? openStore(file, { create: false })
    : openStore(':memory:', { create: true })
  try {
    return readEpisodes(store, ALL_RUNS, app.signal)
  } finally {
    store.close()
  }
}
