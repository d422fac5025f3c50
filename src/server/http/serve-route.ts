import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import { KnownError } from '../../errors.ts'
import { isAllowed, type Principal } from '../auth/principal.ts'
import type { Answer, Asked, Route, Told } from '../routes/route.ts'
import type { ServiceContext } from '../service-context.ts'
import { checked } from './checked.ts'
import { fingerprintOf, type idempotency, keyOf } from './idempotency.ts'
import { MalformedRequest } from './problem.ts'
import { type JsonBody, readJson } from './read-json.ts'

/** What the requests of all routes have in common. */
export interface Serving {
  readonly context: ServiceContext
  readonly once: ReturnType<typeof idempotency>
  readonly limits: { readonly bodyBytes: number; readonly bodyTimeoutMs: number; readonly answerMs: number }
}

/** Answers one request of a route. @throws KnownError what is told as a problem */
export async function serveRoute(
  { context, once, limits }: Serving,
  route: Route,
  { request, response, requestId, principal }: Arrived,
): Promise<void> {
  checkAccess(route, principal)
  if (context.isClosing()) throw new KnownError('service-busy', 'the service is being ended')
  const params = route.params === null ? null : checked(route.params, request.params, 'the path')
  const query = checkedQuery(route, request)
  const sent = route.body === null ? null : await readJson(request, sizeOf(limits))
  const body = route.body === null ? null : checked(route.body, sent?.value, 'the body')
  const patience = patienceOf(response, route.bodyTypes === null ? limits.answerMs : null)
  const asked = { params, query, body, principal, context, requestId, request, signal: patience.signal }
  try {
    const answer = await answerOf({ context, once }, { route, sent, asked })
    if ('stream' in answer) await answer.stream(response)
    else tell(response, answer)
  } finally {
    patience.end()
  }
}

interface Arrived {
  readonly request: Request
  readonly response: Response
  readonly requestId: string
  readonly principal: Principal
}

const sizeOf = ({ bodyBytes, bodyTimeoutMs }: Serving['limits']) => ({
  mostBytes: bodyBytes,
  timeoutMs: bodyTimeoutMs,
})

function checkAccess({ access }: Route, principal: Principal): void {
  if (access === 'public' || access === 'any-key' || isAllowed(principal, access)) return
  const own = [...principal.scopes].join(', ')
  throw new KnownError('scope-missing', `it has ${own === '' ? 'no scope' : own}, and "${access}" is needed`)
}

function checkedQuery(route: Route, request: Request): unknown {
  const at = request.originalUrl.indexOf('?')
  const parameters = new URLSearchParams(at < 0 ? '' : request.originalUrl.slice(at + 1))
  const names = [...parameters.keys()]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new MalformedRequest('the query', [{ pointer: `/${twice}`, detail: 'it is given twice' }])
  }
  if (route.query === null) return null
  return checked(route.query, Object.fromEntries(parameters), 'the query')
}

interface Answering {
  readonly route: Route
  readonly sent: JsonBody | null
  readonly asked: unknown
}

async function answerOf(
  { context, once }: Pick<Serving, 'context' | 'once'>,
  { route, sent, asked }: Answering,
): Promise<Answer> {
  // What a route takes was checked by the schemas of that route.
  const work = async (): Promise<Answer> => route.handle(asked as Asked<never, never, never>)
  const { request, principal } = asked as Asked<null, null, null>
  const key = route.method === 'post' ? keyOf(request.get('idempotency-key')) : null
  if (key !== null && sent !== null) {
    const fingerprint = fingerprintOf(request.method, request.path, sent.bytes)
    return once({ actor: principal.actor, key, fingerprint }, async () => toldOf(await work()))
  }
  const answer = await work()
  if (!('stream' in answer) && answer.write !== undefined) await context.writer.write(answer.write)
  return answer
}

function toldOf(answer: Answer): Told {
  if ('stream' in answer) throw new Error('what streams cannot be repeated')
  return answer
}

function tell(response: Response, { status, text, type, headers, hasTag }: Told): void {
  response.status(status)
  response.setHeader('Content-Type', type ?? 'application/json; charset=utf-8')
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  if (hasTag !== true) response.end(text)
  else {
    response.setHeader('Cache-Control', 'private, no-cache')
    response.setHeader('ETag', `"${createHash('sha256').update(text).digest('base64url')}"`)
    if (response.req.fresh) response.status(304).removeHeader('Content-Type')
    response.end(response.req.fresh ? undefined : text)
  }
}

/** Ends the work for who has gone away, or has waited for too long; `mostMs` null = however long it takes. */
function patienceOf(response: Response, mostMs: number | null) {
  const controller = new AbortController()
  const gone = (): void => controller.abort(new Error('the caller has gone away'))
  const timer =
    mostMs === null
      ? undefined
      : setTimeout(
          () => controller.abort(new KnownError('service-busy', `no answer in ${mostMs / 1000} s`)),
          mostMs,
        )
  response.on('close', gone)
  return {
    signal: controller.signal,
    end(): void {
      clearTimeout(timer)
      response.off('close', gone)
    },
  }
}
