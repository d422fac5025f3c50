import { existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { type AskedTask, openWorkbench, type Workbench } from '../forecast/read-workbench.ts'
import { checkShape } from '../json.ts'
import type { PlannedForecast } from '../report/plan/knowledge.ts'
import { runsPerTask } from '../report/plan/planned.ts'
import { malformedPlan, type Plan } from '../runner/plan.ts'
import { taskRepositories } from '../runner/task-repositories.ts'
import { readTasks } from '../runner/tasks/read-tasks.ts'
import type { Task } from '../runner/tasks/task.ts'
import type { Episodes } from '../store/episodes.ts'
import { openStore } from '../store/open-store.ts'
import { readEpisodes } from '../store/read-episodes.ts'
import { readIssue } from '../task/issue-read.ts'
import { calibrateFrom } from './calibrate.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { githubAccess } from './github-access.ts'
import { withFormats, withSettings } from './options.ts'
import { forecastTasks } from './plan-forecast.ts'
import { progressBar } from './progress.ts'
import { askedFor } from './report.ts'
import { OUTPUT_OPTIONS, publish, withOutput } from './report-output.ts'
import { filterOf, withFilters } from './run-filter.ts'

const Options = z.object(OUTPUT_OPTIONS)

/** `foretoken report plan`: what a plan of runs would show and cost, before a token is spent. */
export function configurePlan(command: Command, act: Act): void {
  const plan = command
    .command('plan')
    .description('what a plan of runs would show and cost, before it is run')
    .argument('<plan>', 'plan/1, in YAML or JSON')
  withFilters(withFormats(plan, 'text', 'html', 'markdown', 'json', 'csv'))
  withOutput(plan)
  withSettings(plan, 'db', 'prices', 'githubApi', 'cache', 'models', 'bundle', 'calibration')
  act(plan, report)
}

async function report(call: Invocation): Promise<number> {
  const options = checkShape(Options, call.options, 'the options', 'usage')
  const [file = ''] = call.args
  const named = await planAt(call.app, file)
  const episodes = pastRuns(call)
  const { plan, tasks } = await withTasks(named, dirname(resolve(call.app.cwd, file)))
  const forecasts =
    tasks.length > 0
      ? await forecastFolders(call, plan, tasks)
      : await forecastIssues(call, plan, dirname(resolve(call.app.cwd, file)))
  const { planReport } = await import('../report/plan/report-plan.ts')
  await publish(call, planReport(plan, { episodes, forecasts }, [['plan', file], ...askedFor(call)]), options)
  return EXIT.ok
}

/** @throws KnownError file-not-found, file-unreadable, plan-malformed */
async function planAt({ cwd }: App, file: string): Promise<Plan> {
  const { readPlan } = await import('../runner/read-plan.ts')
  const { plan, problems } = await readPlan(file, cwd)
  if (problems.length > 0) throw malformedPlan(file, problems)
  return plan
}

/** The runs of the store; none where there is no store and none was asked for. */
function pastRuns({ app, settings, ...call }: Invocation): Episodes {
  const { value, origin } = settings.db
  const file = resolve(app.cwd, value)
  const isThere = origin !== 'default' || existsSync(file)
  const store = isThere ? openStore(file, { create: false }) : openStore(':memory:', { create: true })
  try {
    return readEpisodes(store, filterOf({ app, settings, ...call }), app.signal)
  } finally {
    store.close()
  }
}

/** A plan that names folders of tasks is about the tasks in them. @throws KnownError task-malformed */
async function withTasks(
  plan: Plan,
  folder: string,
): Promise<{ readonly plan: Plan; readonly tasks: readonly Task[] }> {
  if (plan.tasks.kind === 'count') return { plan, tasks: [] }
  const paths = plan.tasks.files.map((file) => resolve(folder, file))
  const isFolder = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
  if (!isFolder.includes(true)) return { plan, tasks: [] }
  const tasks = (await Promise.all(paths.map((path) => readTasks(path)))).flat()
  const named = { kind: 'issues', files: tasks.map(({ name }) => name) } as const
  // Each brings its repository.
  return { plan: { ...plan, tasks: named, repo: plan.repo ?? '.' }, tasks }
}

/** From their issues, and from what is in their folders of their repositories. */
async function forecastFolders(
  call: Invocation,
  plan: Plan,
  tasks: readonly Task[],
): Promise<readonly PlannedForecast[]> {
  const work = await mkdtemp(join(tmpdir(), 'foretoken-report-'))
  try {
    const asked = { plan, tasks, agents: plan.agents, repositoryOf: taskRepositories(work), isKept: false }
    return await forecastTasks(call, asked)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Each issue of the plan by each agent with each model; none where the tasks are only counted. */
async function forecastIssues(
  { app, settings }: Invocation,
  plan: Plan,
  folder: string,
): Promise<readonly PlannedForecast[]> {
  if (plan.tasks.kind === 'count') return []
  const reading = { cwd: folder, stdin: app.stdin, github: githubAccess(app, settings) }
  const forecasts: PlannedForecast[] = []
  const bar = progressBar(app, 'forecasting')
  const workbench = await openWorkbench(app, settings, { calibrate: calibrateFrom(app, settings) })
  try {
    for (const task of plan.tasks.files) {
      app.signal.throwIfAborted()
      const { issue, hints } = await readIssue(task, reading)
      const repository = {
        name: hints.repository ?? (issue.source.kind === 'github' ? issue.source.repository : null),
        path: plan.repo === null ? null : resolve(folder, plan.repo),
        commit: plan.commit ?? (plan.repo === null ? null : (hints.commit ?? null)),
      }
      for (const agent of plan.agents)
        forecasts.push(...(await forecastTask(workbench, plan, { task, issue, repository, agent })))
      bar.count(forecasts.length)
    }
    return forecasts
  } finally {
    bar.end()
    workbench.close()
  }
}

async function forecastTask(
  workbench: Workbench,
  plan: Plan,
  {
    task,
    ...about
  }: Pick<AskedTask, 'issue' | 'repository'> & { readonly task: string; readonly agent: string },
): Promise<readonly PlannedForecast[]> {
  const asked = {
    ...about,
    models: plan.models,
    meanOf: runsPerTask(plan),
    budgetUsd: null,
    selfForecasts: {},
  }
  const { repository, forecasts } = await workbench.forecast(asked)
  const { repositoryCorrelation } = workbench.forecaster.bundle
  return forecasts.map(({ estimate, outcomes }) => ({
    agent: estimate.agent,
    model: estimate.model,
    task,
    repository,
    outcomes,
    correlation: repositoryCorrelation[estimate.basis.regime],
    resolved: estimate.resolved,
    seen: estimate.basis.kinship !== 'unseen',
    notes: estimate.basis.notes,
  }))
}
