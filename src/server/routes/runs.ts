import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import type { Job } from '../../store/jobs.ts'
import { ALL_RUNS, findRuns, type StoredRun } from '../../store/read-runs.ts'
import { runPage } from '../../store/run-page.ts'
import { OUTCOMES } from '../../trajectory/run.ts'
import { cursorOf } from '../http/cursor.ts'
import { Cursor, Limit, Name } from '../schemas/names.ts'
import { RunAsked, RunJob, RunList, StoredRunSchema } from '../schemas/run-asked.ts'
import type { ServiceContext } from '../service-context.ts'
import { json, route } from './route.ts'
import { placeIn } from './run-place.ts'
import { runTaken } from './run-taken.ts'

/** `POST /v1/runs`: runs an agent on a task that is registered. */
export const startRun = route({
  method: 'post',
  path: '/v1/runs',
  access: 'run',
  tag: 'runs',
  summary: 'Run an agent on a task that is registered on the service',
  description: 'It runs in a sandbox, metered and capped; `/v1/runs/{id}/events` tells how it goes on.',
  body: RunAsked,
  responses: {
    202: { description: 'it is taken', schema: RunJob, headers: { Location: 'where it is told of' } },
  },
  handle({ context, principal, body }) {
    const { job, begin } = runTaken(context, principal, body)
    return json(202, jobDocument(job), {
      headers: { Location: `/v1/runs/${job.id}` },
      write: { job },
      written: begin,
    })
  },
})

const jobDocument = ({ kind: _, actor: __, ...job }: Job) => ({ schema: 'run-job/1', ...job })

const OneId = z.object({ id: Name })

/** `GET /v1/runs/{id}`: one that was started here, or any of the store. */
export const oneRun = route({
  method: 'get',
  path: '/v1/runs/{id}',
  access: 'any-key',
  tag: 'runs',
  summary: 'A run that was started here, or one of the store',
  params: OneId,
  responses: { 200: { description: 'how it stands', schema: z.union([RunJob, StoredRunSchema]) } },
  handle({ context, params }) {
    const job = runJob(context, params.id)
    if (job !== null) return json(200, jobDocument(job))
    const [found, another] = findRuns(context.store, params.id)
    if (found === undefined || another !== undefined) throw new KnownError('run-not-found', params.id)
    return json(200, runDocument(found), { hasTag: true })
  },
})

/** A run that was started here; null = there is none. */
export function runJob({ jobs }: ServiceContext, id: string): Job | null {
  const job = jobs.find(id)
  return job?.kind === 'run' ? job : null
}

/** `DELETE /v1/runs/{id}`: ends it. */
export const cancelRun = route({
  method: 'delete',
  path: '/v1/runs/{id}',
  access: 'run',
  tag: 'runs',
  summary: 'End a run that was started here',
  description: 'What it has spent so far is kept.',
  params: OneId,
  responses: { 202: { description: 'it is being ended', schema: RunJob } },
  handle({ context, params }) {
    const job = runJob(context, params.id)
    if (job === null) throw new KnownError('run-not-found', params.id)
    if (context.runs === null || !context.runs.queue.cancel(params.id))
      throw new KnownError('job-ended', `${params.id} is ${job.state}`)
    return json(202, jobDocument(job))
  },
})

const exactly = (name: string | undefined): string | null => name?.replace(/[*?[]/g, '[$&]') ?? null

/** The query of `GET /v1/runs`. */
export const RunsAsked = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  task: Name.optional(),
  repository: Name.optional(),
  agent: Name.optional(),
  model: Name.optional(),
  outcome: z.enum(OUTCOMES).optional(),
})

/** `GET /v1/runs`. */
export const allRuns = route({
  method: 'get',
  path: '/v1/runs',
  access: 'any-key',
  tag: 'runs',
  summary: 'The runs of the store, the newest first, and those that go on',
  query: RunsAsked,
  responses: { 200: { description: 'a page of them', schema: RunList } },
  handle({ context, query }) {
    const { cursor, limit, outcome, ...names } = query
    const filter = {
      ...ALL_RUNS,
      task: exactly(names.task),
      repository: exactly(names.repository),
      agent: exactly(names.agent),
      model: exactly(names.model),
      outcome: outcome ?? null,
    }
    const { runs, next } = runPage(context.store, filter, { place: placeIn(cursor), most: limit })
    const live = cursor === undefined ? context.jobs.open('run').map(jobDocument) : []
    const place = cursorOf(next === null ? null : [next.startedAt, next.row])
    return json(200, { schema: 'runs/1', live, runs: runs.map(runDocument), next: place })
  },
})

const runDocument = (run: StoredRun) => ({
  schema: 'stored-run/1',
  id: run.id,
  task: run.task,
  agent: run.agent,
  agentVersion: run.agentVersion,
  model: run.model,
  usage: run.usage,
  incomplete: run.incomplete,
  calls: run.calls,
  outcome: run.outcome,
  wallSeconds: run.wallSeconds,
  startedAt: run.startedAt,
  costUsd: run.costUsd,
  costReason: run.costReason,
  quality: run.quality,
  source: run.source.format,
})
