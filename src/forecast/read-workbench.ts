import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { type TaskFeatures, taskFeatures } from '../features/feature-code.ts'
import { extractFeatures } from '../features/features.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import type { Settings } from '../settings.ts'
import type { Issue } from '../task/issue.ts'
import type { Bundle } from './bundle.ts'
import { bundlePlace } from './bundle-place.ts'
import type { Estimate, Estimated } from './estimate.ts'
import { type Forecaster, forecasterOf } from './forecaster.ts'
import { defaultAgent, modelsOf } from './pair.ts'
import { readBundle } from './read-bundle.ts'
import { RepositoryReader } from './read-repositories.ts'
import type { CalibrationTable } from './recalibrated.ts'
import type { SelfForecast } from './self-forecast.ts'
import { estimateOutcomes } from './task-estimate.ts'

/** A task as a command was asked about it; null = not said. */
export interface AskedTask {
  readonly issue: Issue
  readonly repository: {
    readonly name: string | null
    readonly path: string | null
    readonly commit: string | null
  }
  readonly agent: string | null
  readonly models: readonly string[] | null
  readonly meanOf: number
  readonly budgetUsd: number | null
  readonly selfForecasts: Readonly<Record<string, SelfForecast>>
}

/** What was read of a task's repository. */
export interface ReadTask {
  readonly repository: string | null
  /** The commit read; null without a repository. */
  readonly commit: string | null
  /** Source files that could not be read. */
  readonly unread: number
}

/** What was found out about a task. */
export type EstimatedTask = ReadTask & { readonly forecasts: readonly Estimate[] }
/** The same with the outcomes that each estimate was rounded from, and what the bundle was made from. */
export type ForecastTask = ReadTask & {
  readonly forecasts: readonly Estimated[]
  readonly data: string
  /** The task as numbers, to be kept. */
  readonly features: TaskFeatures
}

/** When a task is priced, who may end it, and what runs have told; left out, as the workbench was opened. */
export interface TaskMoment {
  readonly calibrations?: CalibrationTable
  /** Milliseconds since the epoch. */
  readonly atMs?: number
  readonly signal?: AbortSignal
}

/** Bundle, prices and cache, opened once for any number of estimates. */
export interface Workbench {
  readonly forecaster: Forecaster
  estimate(task: AskedTask): Promise<EstimatedTask & Pick<ForecastTask, 'features'>>
  forecast(task: AskedTask, moment?: TaskMoment): Promise<ForecastTask>
  close(): void
}

/** What a workbench needs of the world. */
export type WorkbenchApp = Pick<App, 'cwd' | 'now' | 'note' | 'signal'>
/** What a workbench is made of. */
export type WorkbenchSettings = Pick<Settings, 'models' | 'bundle' | 'prices' | 'cache'>

/** Reads what runs have told of forecasts of a bundle. */
export type Calibrate = (bundle: Bundle, pairs: readonly AskedPair[]) => Promise<CalibrationTable>
export interface AskedPair {
  readonly agent: string
  readonly model: string
}

/** How it is opened. */
export interface WorkbenchOptions {
  /** So many repositories stay in memory as they were read, the last ones. */
  readonly mostSnapshots?: number
  /** Tells what runs have told of forecasts of a bundle for some agents and models; left out = nothing. */
  readonly calibrate?: Calibrate
}

/**
 * @throws KnownError bundle-*, prices-malformed, and later what reading a repository throws
 */
export async function openWorkbench(
  app: WorkbenchApp,
  settings: WorkbenchSettings,
  { mostSnapshots = 1, calibrate }: WorkbenchOptions = {},
): Promise<Workbench> {
  const { models, bundle, prices, cache } = settings
  const [forecaster, book] = await Promise.all([
    readBundle(bundlePlace(app.cwd, models), bundle.value).then(forecasterOf),
    readPriceBook({ file: prices.value, cwd: app.cwd }),
  ])
  const repositories = new RepositoryReader(app, resolve(app.cwd, cache.value), mostSnapshots)
  // One moment for all, where none is said: the tasks of a batch are priced alike.
  const openedMs = app.now()
  const tools = { forecaster, book, repositories }
  const learnt = async (task: AskedTask): Promise<CalibrationTable> =>
    (await calibrate?.(forecaster.bundle, pairsOf(task, forecaster.bundle))) ?? {}
  const forecast = async (task: AskedTask, moment: TaskMoment = {}) => {
    checkNames(task)
    const { atMs = openedMs, signal = app.signal, calibrations = await learnt(task) } = moment
    return forecastTask(tools, task, { atMs, signal, calibrations })
  }
  return {
    forecaster,
    forecast,
    estimate: async (task) => {
      const { forecasts, data: _, ...read } = await forecast(task)
      return { ...read, forecasts: forecasts.map(({ estimate }) => estimate) }
    },
    close: () => repositories.close(),
  }
}

interface Tools {
  readonly forecaster: Forecaster
  readonly book: PriceBook
  readonly repositories: RepositoryReader
}

async function forecastTask(
  { forecaster, book, repositories }: Tools,
  task: AskedTask,
  { atMs, signal, calibrations }: Required<TaskMoment>,
): Promise<ForecastTask> {
  const { repository, ...rest } = task
  const { path, commit } = repository
  const read = path === null ? null : await repositories.read(path, commit, signal)
  const snapshot = read?.snapshot ?? null
  const name = repository.name ?? read?.origin ?? null
  const features = extractFeatures(task.issue, snapshot)
  const asked = { ...rest, snapshot, features, repository: name, atMs, calibrations }
  const forecasts = estimateOutcomes(forecaster, book, asked)
  const { data } = forecaster.bundle
  return {
    repository: name,
    commit: snapshot?.commit ?? null,
    unread: snapshot?.unread ?? 0,
    forecasts,
    data,
    features: taskFeatures(features),
  }
}

function pairsOf({ agent: asked, models }: AskedTask, bundle: Bundle): readonly AskedPair[] {
  const agent = asked ?? defaultAgent(bundle)
  return (models ?? modelsOf(bundle, agent)).map((model) => ({ agent, model }))
}

const MOST_MODELS = 100
const LONGEST_NAME = 200

/** Names may come from an issue that anybody wrote. @throws KnownError usage */
function checkNames({ agent, models }: AskedTask): void {
  const names = [...(models ?? []), ...(agent === null ? [] : [agent])]
  const long = names.find((name) => name.length > LONGEST_NAME)
  if (long !== undefined) {
    throw new KnownError('usage', `a name of ${long.length} characters: ${long.slice(0, 40)}…`, {
      fix: 'name agents and models as their makers do',
    })
  }
  if (models !== null && models.length > MOST_MODELS) {
    throw new KnownError('usage', `${models.length} models at once`, { fix: `name at most ${MOST_MODELS}` })
  }
}
