import { z } from 'zod'
import type { BundleInForce } from '../../forecast/in-force.ts'
import { putInForce, rollBack } from '../../learn/put-in-force.ts'
import { Name } from '../schemas/names.ts'
import type { ServiceContext } from '../service-context.ts'
import { json, route } from './route.ts'

const Why = z.string().trim().max(1000).nullish().meta({ description: 'kept in the history' })

/** The body of `POST /v1/models/{id}/promote`. */
export const PromotionAsked = z
  .strictObject({
    why: Why,
    expected: Name.nullish().meta({
      description: 'the bundle that must be in force before; else nothing is changed',
    }),
  })
  .meta({ id: 'PromotionRequest', example: { why: 'the one before was too dear' } })

/** The body of `POST /v1/models/rollback`. */
export const RollbackAsked = z.strictObject({ why: Why }).meta({ id: 'RollbackRequest', example: {} })

/** Which bundle is in force now. */
export const Promotion = z
  .object({
    schema: z.literal('promotion/1'),
    bundle: z.string(),
    previous: z.string().nullable().meta({ description: 'what was in force before; null = nothing' }),
    current: z.string().meta({
      description: 'the bundle that forecasts now; another where the service was started with one',
    }),
  })
  .meta({ id: 'Promotion' })

/** `POST /v1/models/{id}/promote`: puts a bundle in force. */
export const promoteModel = route({
  method: 'post',
  path: '/v1/models/{id}/promote',
  access: 'admin',
  tag: 'models',
  summary: 'Put a bundle in force',
  description:
    'It is read first, and has to be whole. No request is lost, and none is answered by half of each.',
  params: z.object({ id: Name }),
  body: PromotionAsked,
  responses: { 200: { description: 'it is in force', schema: Promotion } },
  async handle({ context, params, body }) {
    const { why, expected } = body
    const change = { bundle: params.id, by: 'promote' as const, why: why ?? '', atMs: context.nowMs() }
    const inForce = await putInForce(context.models, {
      ...change,
      ...(expected == null ? {} : { expected }),
    })
    return promoted(context, inForce)
  },
})

/** `POST /v1/models/rollback`: puts the bundle before in force again. */
export const rollBackModel = route({
  method: 'post',
  path: '/v1/models/rollback',
  access: 'admin',
  tag: 'models',
  summary: 'Put the bundle before in force again',
  description: 'Done twice, it goes back two.',
  body: RollbackAsked,
  responses: { 200: { description: 'it is in force', schema: Promotion } },
  handle: async ({ context, body }) =>
    promoted(context, await rollBack(context.models, { why: body.why ?? '', atMs: context.nowMs() })),
})

async function promoted({ reload }: ServiceContext, { bundle, history }: BundleInForce) {
  const previous = history.at(-1)?.previous ?? null
  return json(200, { schema: 'promotion/1', bundle, previous, current: await reload() })
}
