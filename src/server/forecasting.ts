import { KnownError } from '../errors.ts'
import type { AskedTask, ForecastTask } from '../forecast/read-workbench.ts'
import { estimateOutcomes } from '../forecast/task-estimate.ts'
import { issueFromJson } from '../task/issue-json.ts'
import type { EstimateAsked } from './schemas/estimate-asked.ts'
import type { ServiceContext } from './service-context.ts'

/** A task as callers send it, with what it is held against. */
export type TaskOfCaller = Omit<EstimateAsked, 'meanOf' | 'budgetUsd'> &
  Partial<Pick<EstimateAsked, 'meanOf' | 'budgetUsd'>>

/** A longer issue would hold up everybody else. */
const MOST_AT_ONCE_CHARS = 16_000

/** Makes a task of what was sent. @throws KnownError issue-* */
export function taskAsked(
  context: ServiceContext,
  { issue, agent, models, meanOf, budgetUsd, selfForecasts, repository }: TaskOfCaller,
): AskedTask {
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
  { url, signal }: { readonly url: string | null; readonly signal: AbortSignal },
): Promise<ForecastTask> {
  const { name, commit } = task.repository
  const held =
    name === null && url === null ? null : await context.repositories.resolve({ name, url, commit }, signal)
  if (held === null && commit !== null) {
    throw new KnownError('repository-refused', `commit ${commit} of ${name ?? 'no repository'}`, {
      fix: 'send the url of the repository, or the name of one that is registered, or leave the commit out',
    })
  }
  try {
    const { title, body } = task.issue
    if (held === null && title.length + body.length <= MOST_AT_ONCE_CHARS) return forecastHere(context, task)
    const repository =
      held === null
        ? { name, path: null, commit: null }
        : { name: name ?? held.name, path: held.path, commit: held.commit }
    return await context.pool.forecast({ ...task, repository }, signal)
  } finally {
    held?.release()
  }
}

function forecastHere({ inForce, nowMs }: ServiceContext, task: AskedTask): ForecastTask {
  const { forecaster, book } = inForce()
  const { repository, ...rest } = task
  const asked = { ...rest, snapshot: null, repository: repository.name, atMs: nowMs() }
  const forecasts = estimateOutcomes(forecaster, book, asked)
  return { repository: repository.name, commit: null, unread: 0, forecasts }
}
