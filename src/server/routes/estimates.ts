import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import type { StoredAnswer } from '../../store/answers.ts'
import { answerTo } from '../forecasting/answer-to.ts'
import { cursorOf, rowOf } from '../http/cursor.ts'
import { EstimateAnswer, EstimateList } from '../schemas/estimate-answer.ts'
import { EstimateAsked } from '../schemas/estimate-asked.ts'
import { Cursor, Limit, Name, RepositoryName } from '../schemas/names.ts'
import { route } from './route.ts'

/** `POST /v1/estimates`: what an agent will spend on an issue; kept, to be matched with what its run will have spent. */
export const makeEstimate = route({
  method: 'post',
  path: '/v1/estimates',
  access: 'estimate',
  tag: 'estimates',
  summary: 'Forecast what an agent will spend on an issue',
  description:
    'Of a repository that is registered or allowed, its code is read too, which makes the ranges narrower.',
  body: EstimateAsked,
  responses: {
    201: {
      description: 'the forecasts, one a model',
      schema: EstimateAnswer,
      headers: { Location: 'where it is kept' },
    },
  },
  async handle({ context, principal, body, signal }) {
    const answer = await answerTo(context, { asked: body, actor: principal.actor, signal })
    const { task } = answer
    const documents = answer.forecasts.map(({ document }) => document)
    const text = answerText({ ...answer, ...task, id: answer.id, task: task.id, documents })
    return { status: 201, text, headers: { Location: `/v1/estimates/${answer.id}` }, write: { answer } }
  },
})

/** `GET /v1/estimates/{id}`. */
export const oneEstimate = route({
  method: 'get',
  path: '/v1/estimates/{id}',
  access: 'estimate',
  tag: 'estimates',
  summary: 'An estimate that was made',
  params: z.object({ id: Name.meta({ example: 'est_0' }) }),
  responses: { 200: { description: 'as it was answered', schema: EstimateAnswer } },
  handle({ context, params }) {
    const found = context.answers.find(params.id)
    if (found === null) throw new KnownError('estimate-not-found', params.id)
    return { status: 200, text: answerText(found), hasTag: true }
  },
})

/** The query of `GET /v1/estimates`. */
export const EstimatesAsked = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  repository: RepositoryName.optional().meta({ description: 'only of this repository' }),
  task: Name.optional().meta({ description: 'only of this task' }),
})

/** `GET /v1/estimates`. */
export const allEstimates = route({
  method: 'get',
  path: '/v1/estimates',
  access: 'estimate',
  tag: 'estimates',
  summary: 'The estimates that were made, the newest first',
  query: EstimatesAsked,
  responses: { 200: { description: 'a page of them', schema: EstimateList } },
  handle({ context, query }) {
    const filter = { repository: query.repository ?? null, task: query.task ?? null }
    const { answers, next } = context.answers.page(filter, rowOf(query.cursor), query.limit)
    const cursor = JSON.stringify(cursorOf(next === null ? null : [next]))
    const text = `{"schema":"estimates/1","estimates":[${answers.map(answerText).join(',')}],"next":${cursor}}`
    return { status: 200, text }
  },
})

/** The document `estimate/1`, with forecasts that are text already. */
function answerText(answer: Omit<StoredAnswer, 'actor'>): string {
  const { id, madeAt, task, title, repository, commit, unread, documents } = answer
  const head = JSON.stringify({ schema: 'estimate/1', id, madeAt, task, title, repository, commit, unread })
  return `${head.slice(0, -1)},"forecasts":[${documents.join(',')}]}`
}
