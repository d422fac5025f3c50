import type { Estimate } from '../forecast/estimate.ts'
import { openWorkbench } from '../forecast/read-workbench.ts'
import { sourceName } from '../task/issue.ts'
import { readIssue } from '../task/issue-read.ts'
import { calibrateFrom } from './calibrate.ts'
import type { Invocation } from './command-line.ts'
import { githubAccess } from './github-access.ts'
import { keepForecast } from './keep-forecast.ts'

/** A task that a run is about. Null = not said. */
export interface TaskOptions {
  readonly issue: string
  readonly repo: string | null
  readonly repository: string | null
  readonly models: readonly string[] | null
}

/** What was forecast for it. */
export interface ForecastTask {
  readonly id: string
  readonly repository: string | null
  readonly forecasts: readonly Estimate[]
}

/** Forecasts a task before its run, and keeps the forecast where there is a store. */
export async function forecastTask(
  { app, settings }: Invocation,
  { issue: reference, repo, repository, models }: TaskOptions,
): Promise<ForecastTask> {
  const github = githubAccess(app, settings)
  const read = await readIssue(reference, { cwd: app.cwd, stdin: app.stdin, github })
  const { issue, hints } = read
  const workbench = await openWorkbench(app, settings, { calibrate: calibrateFrom(app, settings) })
  try {
    const { features, ...found } = await workbench.estimate({
      issue,
      repository: {
        name:
          repository ?? hints.repository ?? (issue.source.kind === 'github' ? issue.source.repository : null),
        path: repo,
        commit: hints.commit ?? null,
      },
      agent: settings.agent.value ?? hints.agent ?? null,
      models: models ?? (hints.models?.length ? hints.models : null),
      meanOf: 1,
      budgetUsd: null,
      selfForecasts: {},
    })
    await keepForecast(app, settings, { read, found, features, data: workbench.forecaster.bundle.data })
    const id = hints.id ?? (issue.source.kind === 'stdin' ? issue.title : sourceName(issue.source))
    return { id, repository: found.repository, forecasts: found.forecasts }
  } finally {
    workbench.close()
  }
}
