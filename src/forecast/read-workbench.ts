import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import type { Settings } from '../settings.ts'
import type { Issue } from '../task/issue.ts'
import { readOrigin } from '../task/origin.ts'
import { type OutlineCache, openOutlineCache } from '../task/outline-cache.ts'
import { openRepository } from '../task/repository.ts'
import { readSnapshot, type Snapshot } from '../task/snapshot.ts'
import type { Estimate, Estimated } from './estimate.ts'
import { type Forecaster, forecasterOf } from './forecaster.ts'
import { readBundle } from './read-bundle.ts'
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
/** The same with the outcomes that each estimate was rounded from. */
export type ForecastTask = ReadTask & { readonly forecasts: readonly Estimated[] }

/** Bundle, prices and cache, opened once for any number of estimates. */
export interface Workbench {
  readonly forecaster: Forecaster
  estimate(task: AskedTask): Promise<EstimatedTask>
  forecast(task: AskedTask): Promise<ForecastTask>
  close(): void
}

/** @throws KnownError bundle-*, prices-malformed, and later what reading a repository throws */
export async function openWorkbench(app: App, settings: Settings): Promise<Workbench> {
  const { models, bundle, prices, cache } = settings
  const [forecaster, book] = await Promise.all([
    readBundle(resolve(app.cwd, models.value), bundle.value).then(forecasterOf),
    readPriceBook({ file: prices.value, cwd: app.cwd }),
  ])
  const repositories = new RepositoryReader(app, resolve(app.cwd, cache.value))
  // One moment for all: the tasks of a batch are priced alike.
  const atMs = app.now()
  const forecast = (task: AskedTask) => forecastTask({ forecaster, book, repositories, atMs }, task)
  return {
    forecaster,
    forecast,
    estimate: async (task) => {
      const { forecasts, ...read } = await forecast(task)
      return { ...read, forecasts: forecasts.map(({ estimate }) => estimate) }
    },
    close: () => repositories.close(),
  }
}

interface Tools {
  readonly forecaster: Forecaster
  readonly book: PriceBook
  readonly repositories: RepositoryReader
  readonly atMs: number
}

async function forecastTask(tools: Tools, task: AskedTask): Promise<ForecastTask> {
  const { forecaster, book, repositories, atMs } = tools
  const { repository, ...rest } = task
  checkNames(task)
  const read = repository.path === null ? null : await repositories.read(repository.path, repository.commit)
  const snapshot = read?.snapshot ?? null
  const name = repository.name ?? read?.origin ?? null
  const asked = { ...rest, snapshot, repository: name, atMs }
  const forecasts = estimateOutcomes(forecaster, book, asked)
  return { repository: name, commit: snapshot?.commit ?? null, unread: snapshot?.unread ?? 0, forecasts }
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

interface ReadRepository {
  readonly snapshot: Snapshot
  readonly origin: string | null
}

/** Reads repositories through one cache, which is opened when first needed; keeps the last one read. */
class RepositoryReader {
  readonly #app: App
  readonly #folder: string
  #cache: OutlineCache | undefined
  #last: { readonly key: string; readonly read: ReadRepository } | undefined

  constructor(app: App, folder: string) {
    this.#app = app
    this.#folder = folder
  }

  async read(path: string, commit: string | null): Promise<ReadRepository> {
    const { signal, cwd } = this.#app
    const repository = await openRepository(resolve(cwd, path), commit ?? undefined, signal)
    const key = `${repository.gitDirectory} ${repository.commit}`
    if (this.#last?.key === key) return this.#last.read
    this.#cache ??= this.#openCache()
    const origin = readOrigin(repository, signal)
    const snapshot = await readSnapshot(repository, this.#cache, signal)
    const read = { snapshot, origin: await origin }
    this.#last = { key, read }
    return read
  }

  /** A cache that cannot be kept costs time, not the answer. */
  #openCache(): OutlineCache {
    try {
      return openOutlineCache(this.#folder)
    } catch (error) {
      if (!(error instanceof KnownError && error.code === 'file-not-written')) throw error
      this.#app.note(
        `note: ${error.message}: what is read now is not remembered → name a folder with --cache\n`,
      )
      return openOutlineCache(null)
    }
  }

  close(): void {
    this.#cache?.close()
  }
}
