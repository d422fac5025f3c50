import { KnownError } from '../../errors.ts'
import { taskFeatures } from '../../features/feature-code.ts'
import { extractFeatures } from '../../features/features.ts'
import type { AskedTask, ForecastTask } from '../../forecast/read-workbench.ts'
import { estimateOutcomes } from '../../forecast/task-estimate.ts'
import { issueFromJson } from '../../task/issue-json.ts'
import type { EstimateAsked } from '../schemas/estimate-asked.ts'
import type { ServiceContext } from '../service-context.ts'

/** A task as callers send it, with what it is held against. */
export type TaskOfCaller = Omit<EstimateAsked, 'meanOf' | 'budgetUsd'> &
  Partial<Pick<EstimateAsked, 'meanOf' | 'budgetUsd'>>

/** Of title and body together: a longer issue would hold up everybody else. */
const MOST_AT_ONCE_CHARS = 16_000

/** Makes a task of what was sent. @throws KnownError issue-* */
export function taskAsked(
  context: ServiceContext,
  { issue, agent, models, meanOf, budgetUsd, selfForecasts, repository }: TaskOfCaller,
): AskedTask {
  const bytes = Buffer.byteLength(issue.title ?? '') + Buffer.byteLength(issue.body ?? '')
  if (bytes > context.mostIssueBytes)
    throw new KnownError(
      'issue-too-large',
      `more than ${context.mostIssueBytes.toLocaleString('en-US')} bytes`,
    )
  return {
    issue: issueFromJson(issue, { kind: 'text' }).issue,
    repository: { name: repository?.name ?? null, path: null, commit: repository?.commit ?? null },
    agent: agent ?? context.agent,
    models: models ?? null,
    meanOf: meanOf ?? 1,
    budgetUsd: budgetUsd == null ? null : Number(budgetUsd),
    selfForecasts: selfForecasts ?? {},
  }
}

/**
 * Forecasts a task: at once where only a short issue is to be read, in a thread of the pool otherwise.
 * @throws KnownError repository-*, service-busy
 */
export async function forecastFor(
  context: ServiceContext,
  task: AskedTask,
  asked: { readonly url: string | null; readonly signal: AbortSignal },
): Promise<ForecastTask> {
  const { metrics, tracing } = context
  const found: { task?: ForecastTask } = {}
  const estimates = await tracing.forecasts(async () => {
    found.task = await forecastRead(context, task, asked)
    return found.task.forecasts.map(({ estimate }) => estimate)
  })
  for (const { model, basis } of estimates) metrics?.forecast({ model, bundle: basis.bundle })
  if (found.task === undefined) throw new Error('nothing was forecast')
  return found.task
}

async function forecastRead(
  context: ServiceContext,
  task: AskedTask,
  { url, signal }: { readonly url: string | null; readonly signal: AbortSignal },
): Promise<ForecastTask> {
  const { name, commit } = task.repository
  if (name === null && url === null && commit === null) return forecastIssue(context, task, signal)
  const read = await context.repositories.resolve({ name, url, commit }, signal)
  try {
    if (read.path === null) return await forecastIssue(context, task, signal)
    const { path, commit } = read
    return await context.pool.forecast(
      { ...task, repository: { name: name ?? read.name, path, commit } },
      signal,
    )
  } finally {
    read.release()
  }
}

function forecastIssue(
  context: ServiceContext,
  task: AskedTask,
  signal: AbortSignal,
): ForecastTask | Promise<ForecastTask> {
  const { name } = task.repository
  const { title, body } = task.issue
  if (title.length + body.length > MOST_AT_ONCE_CHARS)
    return context.pool.forecast({ ...task, repository: { name, path: null, commit: null } }, signal)
  const { forecaster, book, calibrations } = context.inForce()
  const { repository: _, ...rest } = task
  const features = extractFeatures(task.issue, null)
  const asked = { ...rest, snapshot: null, features, repository: name, atMs: context.nowMs(), calibrations }
  const forecasts = estimateOutcomes(forecaster, book, asked)
  return {
    ...{ repository: name, commit: null, unread: 0, forecasts, data: forecaster.bundle.data },
    features: taskFeatures(features),
  }
}
