import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import { listBundles } from '../../forecast/read-bundle.ts'
import type { Job } from '../../store/jobs.ts'
import { type KeptTraining, takenTraining } from '../jobs/taken-training.ts'
import { Name } from '../schemas/names.ts'
import { TrainingAsked, TrainingJob } from '../schemas/training.ts'
import { json, route } from './route.ts'

const jobDocument = ({ kind: _, actor: __, asked, ...job }: Job) => {
  const { upTo: ___, ...said } = asked as KeptTraining
  return { schema: 'training-job/1', ...job, asked: said }
}

/** `POST /v1/trainings`: makes a bundle. */
export const startTraining = route({
  method: 'post',
  path: '/v1/trainings',
  access: 'admin',
  tag: 'models',
  summary: 'Make a bundle, from the tables or from the runs of the store',
  description:
    'Made in a process of its own, of low priority. One from the store is put in force by itself where it is at least as good; one from the tables by `POST /v1/models/{id}/promote`, or by its name as long as none was put in force. No request is lost meanwhile.',
  body: TrainingAsked,
  responses: {
    202: { description: 'it is taken', schema: TrainingJob, headers: { Location: 'where it is told of' } },
  },
  async handle({ context, principal, body }) {
    if (body.id != null && (await listBundles(context.models)).includes(body.id)) {
      throw new KnownError('request-malformed', `there is a bundle ${body.id}`, { fix: 'give a new name' })
    }
    context.trainings.checkRoom()
    const nowMs = context.nowMs()
    const asked =
      body.from === 'store'
        ? { ...body, upTo: context.newRuns.last() }
        : { ...body, id: body.id ?? nameAt(nowMs) }
    const taken = takenTraining(asked, principal.actor, nowMs)
    return json(202, jobDocument(taken), {
      headers: { Location: `/v1/trainings/${taken.id}` },
      write: { job: taken },
      written: () => context.trainings.take(taken),
    })
  },
})

/** A bundle that nobody named is called after the moment. */
const nameAt = (atMs: number): string =>
  `tables-${new Date(atMs).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}`

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
