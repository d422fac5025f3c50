import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { json, route } from './route.ts'

/** `GET /healthz`: the process answers. */
export const health = route({
  method: 'get',
  path: '/healthz',
  access: 'public',
  tag: 'operations',
  summary: 'Whether the process answers',
  responses: {
    200: { description: 'it does', schema: z.object({ status: z.literal('ok') }).meta({ id: 'Health' }) },
  },
  handle: () => json(200, { status: 'ok' }),
})

const Check = z.enum(['ok', 'failed'])
/** The answer of `GET /readyz`. */
export const Readiness = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    checks: z.object({ store: Check, writer: Check, bundle: Check, accepting: Check }),
  })
  .meta({ id: 'Readiness' })

/** `GET /readyz`: it would answer an estimate now, and keep it. */
export const readiness = route({
  method: 'get',
  path: '/readyz',
  access: 'public',
  tag: 'operations',
  summary: 'Whether an estimate would be answered and kept now',
  responses: {
    200: { description: 'it would', schema: Readiness },
    503: { description: 'it would not', schema: Readiness },
  },
  async handle({ context }) {
    const { store, writer, inForce, isClosing } = context
    const checks = {
      store: await passes(() => store.database.prepare('SELECT 1 FROM answers LIMIT 1').get()),
      // An empty write goes the whole way: to the thread, through a transaction of the store, and back.
      writer: await passes(() => writer.write({})),
      bundle: await passes(() => inForce()),
      accepting: isClosing() ? 'failed' : 'ok',
    }
    const isReady = Object.values(checks).every((check) => check === 'ok')
    return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not-ready', checks })
  },
})

/** Longer is not now. */
const MOST_MS = 2_000

const passes = async (check: () => unknown): Promise<'ok' | 'failed'> => {
  try {
    const late = setTimeout(MOST_MS, 'late', { ref: false })
    return (await Promise.race([check(), late])) === 'late' ? 'failed' : 'ok'
  } catch {
    return 'failed' // which is what is told
  }
}
