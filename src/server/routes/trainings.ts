import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import { listBundles } from '../../forecast/read-bundle.ts'
import type { Job } from '../../store/jobs.ts'
import { newId } from '../new-id.ts'
import { Name } from '../schemas/names.ts'
import { json, route } from './route.ts'

/** The body of `POST /v1/trainings`. */
export const TrainingAsked = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'expected lower-case letters, digits, "." and "-"')
      .meta({ description: 'how the bundle is called: a new name' }),
    seed: z.int().min(0).max(4_294_967_295).nullish(),
  })
  .meta({ id: 'TrainingRequest', example: { id: 'verified-2' } })
export type TrainingAsked = z.infer<typeof TrainingAsked>

/** A training that was started here. */
export const TrainingJob = z
  .object({
    schema: z.literal('training-job/1'),
    id: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
    asked: TrainingAsked,
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    answer: z
      .object({
        bundle: z.string(),
        current: z.string().meta({ description: 'the bundle that forecasts now' }),
      })
      .nullable(),
    failure: z
      .object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() })
      .nullable(),
  })
  .meta({ id: 'TrainingJob' })

const jobDocument = ({ kind: _, actor: __, ...job }: Job) => ({ schema: 'training-job/1', ...job })

/** `POST /v1/trainings`: makes a bundle. */
export const startTraining = route({
  method: 'post',
  path: '/v1/trainings',
  access: 'admin',
  tag: 'models',
  summary: 'Make a bundle from the tables',
  description:
    'Made in a process of its own. Where the service is not told which bundle to use, it goes on with the one whose name sorts last, without losing a request.',
  body: TrainingAsked,
  responses: {
    202: { description: 'it is taken', schema: TrainingJob, headers: { Location: 'where it is told of' } },
  },
  async handle({ context, principal, body }) {
    if ((await listBundles(context.models)).includes(body.id)) {
      throw new KnownError('request-malformed', `there is a bundle ${body.id}`, { fix: 'give a new name' })
    }
    context.trainings.checkRoom()
    const nowMs = context.nowMs()
    const id = newId('trn', nowMs)
    const createdAt = new Date(nowMs).toISOString()
    const job = { id, kind: 'training' as const, actor: principal.actor, asked: body, createdAt }
    const taken: Job = {
      ...job,
      state: 'queued',
      startedAt: null,
      endedAt: null,
      answer: null,
      failure: null,
    }
    return json(202, jobDocument(taken), {
      headers: { Location: `/v1/trainings/${id}` },
      write: { job },
      written: () => context.trainings.take(taken),
    })
  },
})

/** `GET /v1/trainings/{id}`. */
export const oneTraining = route({
  method: 'get',
  path: '/v1/trainings/{id}',
  access: 'admin',
  tag: 'models',
  summary: 'How a training stands',
  params: z.object({ id: Name }),
  responses: { 200: { description: 'how it stands', schema: TrainingJob } },
  handle({ context, params }) {
    const job = context.jobs.find(params.id)
    if (job?.kind !== 'training') throw new KnownError('job-not-found', params.id)
    return json(200, jobDocument(job))
  },
})
