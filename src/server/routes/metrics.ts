import { KnownError } from '../../errors.ts'
import { route } from './route.ts'

/** `GET /metrics`: for Prometheus. */
export const metrics = route({
  method: 'get',
  path: '/metrics',
  access: 'any-key',
  tag: 'operations',
  summary: 'What the service counts, for Prometheus',
  responses: { 200: { description: 'the text format of Prometheus', types: ['text/plain'] } },
  async handle({ context }) {
    if (context.metrics === null)
      throw new KnownError('not-offered', 'metrics', {
        fix: 'give "telemetry": true in the settings of the service',
      })
    const { type, text } = await context.metrics.text()
    return { status: 200, text, type }
  },
})
