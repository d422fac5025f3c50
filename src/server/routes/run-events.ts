import { once } from 'node:events'
import type { Response } from 'express'
import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import type { JobEvent } from '../../store/jobs.ts'
import { MalformedRequest } from '../http/problem.ts'
import { Name } from '../schemas/names.ts'
import type { ServiceContext } from '../service-context.ts'
import { route } from './route.ts'
import { runJob } from './runs.ts'

/** So often something is sent, that nobody on the way takes the silence for the end. */
const HEARTBEAT_MS = 15_000
/** So many events are read at once. */
const PAGE = 200

/** `GET /v1/runs/{id}/events`: server-sent events, from the first or after `Last-Event-ID`. */
export const runEvents = route({
  method: 'get',
  path: '/v1/runs/{id}/events',
  access: 'any-key',
  tag: 'runs',
  summary: 'How a run goes on, as server-sent events',
  description:
    'Events with an id are kept: after a break, `Last-Event-ID` goes on behind the last one seen. `spend` tells how the run stands and has none. `end` is the last.',
  params: z.object({ id: Name }),
  headers: {
    'Last-Event-ID': { description: 'the id of the last event that was seen', pattern: '^[0-9]{0,15}$' },
  },
  responses: {
    200: { description: 'planned, began, spend, ended, end', types: ['text/event-stream'] },
    204: { description: 'nothing follows the event that was named', types: [] },
  },
  handle({ context, params, request, signal }) {
    const job = runJob(context, params.id)
    if (job === null) throw new KnownError('run-not-found', params.id)
    const after = placeAfter(request.get('last-event-id'))
    return { lasts: true, stream: (response) => follow(context, { id: params.id, after, signal }, response) }
  },
})

function placeAfter(header: string | undefined): number {
  if (header === undefined || header === '') return 0
  if (/^\d{1,15}$/.test(header)) return Number(header)
  throw new MalformedRequest('the header Last-Event-ID', [
    { pointer: '', detail: 'expected the id of an event' },
  ])
}

interface Followed {
  readonly id: string
  /** The last event that was seen. */
  readonly after: number
  readonly signal: AbortSignal
}

/** Tells what was kept, then what happens, each once and in order. */
async function follow(
  context: ServiceContext,
  { id, after, signal }: Followed,
  response: Response,
): Promise<void> {
  let place = after
  let isOver = false
  let wake: () => void = () => {}
  const stop = context.listeners.listen(id, {
    happened: () => wake(),
    woken: () => wake(),
    stands(event, data) {
      // Who does not keep up gets the next one.
      if (response.headersSent && !response.writableNeedDrain)
        response.write(`event: ${event}\ndata: ${data}\n\n`)
    },
    ended() {
      isOver = true
      wake()
    },
  })
  const heartbeat = setInterval(() => response.headersSent && response.write(': \n\n'), HEARTBEAT_MS)
  const gone = (): void => wake()
  signal.addEventListener('abort', gone)
  try {
    isOver ||= hasEnded(context, id)
    if (isOver && after > 0 && context.jobs.events(id, after, 1).length === 0)
      return void response.status(204).end()
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.flushHeaders()
    while (!signal.aborted) {
      const awoken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const isLast = isOver
      for (const event of context.jobs.events(id, place, PAGE)) {
        await send(response, event, signal)
        place = event.place
      }
      if (context.jobs.events(id, place, 1).length > 0) continue
      if (isLast) break
      // No end of the run: who asks again, of the service that goes on with it, is told the rest.
      if (context.isClosing()) return void response.end()
      await awoken
    }
    const { state } = context.jobs.find(id) ?? { state: 'unknown' }
    response.end(`event: end\ndata: ${JSON.stringify({ state })}\n\n`)
  } finally {
    stop()
    clearInterval(heartbeat)
    signal.removeEventListener('abort', gone)
  }
}

const hasEnded = ({ jobs }: ServiceContext, id: string): boolean => jobs.find(id)?.endedAt != null

async function send(
  response: Response,
  { place, at, event, data }: JobEvent,
  signal: AbortSignal,
): Promise<void> {
  const told = `{"at":${JSON.stringify(at)},${data.slice(1)}`
  if (!response.write(`id: ${place}\nevent: ${event}\ndata: ${told}\n\n`))
    await once(response, 'drain', { signal }).catch(() => {}) // who has gone away reads nothing more
}
