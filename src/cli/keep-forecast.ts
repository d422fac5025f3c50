import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import type { TaskFeatures } from '../features/feature-code.ts'
import type { EstimatedTask } from '../forecast/read-workbench.ts'
import type { Settings } from '../settings.ts'
import { type IssueDocument, sourceName } from '../task/issue.ts'
import { showSafely } from './escape.ts'

/**
 * Keeps the forecast of a task in the store, to be matched with what its run will have spent. Only where there is a
 * store: a forecast needs none. One that cannot be kept is told, and costs nothing but that.
 */
export async function keepForecast(
  app: App,
  settings: Settings,
  {
    read,
    found,
    data,
    features,
  }: {
    readonly read: IssueDocument
    readonly found: EstimatedTask
    /** Hash of the tables behind the bundle. */
    readonly data: string
    readonly features: TaskFeatures
  },
): Promise<void> {
  const file = resolve(app.cwd, settings.db.value)
  if (!existsSync(file)) return
  const { openStore } = await import('../store/open-store.ts')
  const { keepEstimates } = await import('../store/keep-estimates.ts')
  const { repository, commit, forecasts } = found
  const id =
    read.hints.id ?? (read.issue.source.kind === 'stdin' ? read.issue.title : sourceName(read.issue.source))
  try {
    const store = openStore(file, { create: false })
    try {
      keepEstimates(store, { id, repository, commit, data, features }, { forecasts, atMs: app.now() })
    } finally {
      store.close()
    }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    app.note(`note: the forecast is not kept: ${showSafely(error.message)}\n`)
  }
}
