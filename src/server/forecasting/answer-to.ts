import type { Answer } from '../../store/answers.ts'
import { keptForecast } from '../../store/keep-estimates.ts'
import { newId } from '../new-id.ts'
import type { EstimateAsked } from '../schemas/estimate-asked.ts'
import type { ServiceContext } from '../service-context.ts'
import { forecastFor, taskAsked } from './forecast-for.ts'

/** Of a longer title the beginning is kept. */
const MOST_TITLE = 500

/** Forecasts a task, as an answer that is to be kept. @throws KnownError issue-*, repository-*, service-busy */
export async function answerTo(
  context: ServiceContext,
  {
    asked,
    actor,
    signal,
  }: { readonly asked: EstimateAsked; readonly actor: string; readonly signal: AbortSignal },
): Promise<Answer> {
  const url = asked.repository?.url ?? null
  const task = taskAsked(context, asked)
  const { forecasts, ...found } = await context.remembered(task, url, async () => {
    const made = await forecastFor(context, task, { url, signal })
    return { ...made, forecasts: made.forecasts.map(({ estimate }) => keptForecast(estimate)) }
  })
  const madeAtMs = context.nowMs()
  const title = task.issue.title.slice(0, MOST_TITLE).toWellFormed()
  return {
    id: newId('est', madeAtMs),
    madeAt: new Date(madeAtMs).toISOString(),
    actor,
    task: {
      id: asked.id ?? (title === '' ? 'untitled' : title),
      repository: found.repository,
      commit: found.commit,
      data: found.data,
      features: found.features,
    },
    title,
    unread: found.unread,
    forecasts,
  }
}
