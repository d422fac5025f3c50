import { createHash } from 'node:crypto'
import type { Request, Response } from 'express'
import { KnownError } from '../../errors.ts'
import { isAllowed, type Principal } from '../auth/principal.ts'
import type { Answer, Asked, Route, Told } from '../routes/route.ts'
import type { ServiceContext } from '../service-context.ts'
import { checked } from './checked.ts'
import { fingerprintOf, type idempotency, keyOf } from './idempotency.ts'
import { MalformedRequest } from './problem.ts'
import { readJson } from './read-json.ts'
import { readUpload, type Upload } from './read-upload.ts'

/** What the requests of all routes have in common. */
export interface Serving {
  readonly context: ServiceContext
  readonly once: ReturnType<typeof idempotency>
  /** Where bodies that are no JSON are laid. */
  readonly uploads: { readonly folder: string; readonly mostBytes: number; readonly mostAtOnce: number }
  /** Lets an upload in; gives what lets it out again. @throws KnownError `queue-full` */
  readonly enter: () => () => void
  readonly limits: { readonly bodyBytes: number; readonly bodyTimeoutMs: number; readonly answerMs: number }
}

/** Answers one request of a route. @throws KnownError what is told as a problem */
export async function serveRoute(serving: Serving, route: Route, arrived: Arrived): Promise<void> {
  const { request, principal } = arrived
  checkAccess(route, principal)
  if (serving.context.isClosing() && route.access !== 'public')
    throw new KnownError('service-busy', 'the service is being ended')
  const params = route.params === null ? null : checked(route.params, request.params, 'the path')
  const query = checkedQuery(route, request)
  // Uploads fill the disk: how many there are at once is known before they are read.
  const leave = route.bodyTypes === null ? () => {} : serving.enter()
  try {
    await answerSent(serving, route, { arrived, params, query })
  } finally {
    leave()
  }
}

interface Named {
  readonly arrived: Arrived
  readonly params: unknown
  readonly query: unknown
}

async function answerSent(serving: Serving, route: Route, { arrived, params, query }: Named): Promise<void> {
  const { request, response } = arrived
  const sent = await bodyOf(serving, route, request)
  const patience = patienceOf(response, sent.upload === null ? serving.limits.answerMs : null)
  try {
    const body = route.body === null ? null : checked(route.body, sent.json, 'the body')
    const { context } = serving
    const asked = { params, query, body, upload: sent.upload, context, ...arrived, signal: patience.signal }
    const answer = await answerOf(serving, { route, fingerprint: sent.fingerprint, asked })
    if ('stream' in answer) {
      if (answer.lasts === true) patience.lasts()
      await answer.stream(response)
    } else tell(response, answer)
  } finally {
    patience.end()
    await sent.upload?.drop()
  }
}

interface Arrived {
  readonly request: Request
  readonly response: Response
  readonly requestId: string
  readonly principal: Principal
}

/** What was sent: JSON, a file, or nothing. */
interface Sent {
  readonly json: unknown
  readonly upload: Upload | null
  /** What a request that is sent again has in common with it; null = nothing was sent. */
  readonly fingerprint: (() => Buffer) | null
}

async function bodyOf({ limits, uploads }: Serving, route: Route, request: Request): Promise<Sent> {
  if (route.bodyTypes !== null) {
    const { folder, mostBytes } = uploads
    const upload = await readUpload(request, { folder, mostBytes, types: route.bodyTypes })
    return { json: null, upload, fingerprint: () => fingerprintOf(request, upload.sha256) }
  }
  if (route.body === null) return { json: null, upload: null, fingerprint: null }
  const sent = await readJson(request, { mostBytes: limits.bodyBytes, timeoutMs: limits.bodyTimeoutMs })
  return { json: sent.value, upload: null, fingerprint: () => fingerprintOf(request, sent.bytes) }
}

function checkAccess({ access }: Route, principal: Principal): void {
  if (access === 'public' || access === 'any-key' || isAllowed(principal, access)) return
  const own = [...principal.scopes].join(', ')
  throw new KnownError('scope-missing', `it has ${own === '' ? 'no scope' : own}, and "${access}" is needed`)
}

function checkedQuery(route: Route, request: Request): unknown {
  const at = request.originalUrl.indexOf('?')
  const parameters = new URLSearchParams(at < 0 ? '' : request.originalUrl.slice(at + 1))
  const names = [...parameters.keys()]
  const seen = new Set<string>()
  const twice = names.find((name) => seen.size === seen.add(name).size)
  if (twice !== undefined) {
    throw new MalformedRequest('the query', [{ pointer: `/${twice}`, detail: 'it is given twice' }])
  }
  if (route.query === null) return null
  return checked(route.query, Object.fromEntries(parameters), 'the query')
}

interface Answering {
  readonly route: Route
  readonly fingerprint: (() => Buffer) | null
  readonly asked: unknown
}

async function answerOf(
  { context, once }: Serving,
  { route, fingerprint, asked }: Answering,
): Promise<Answer> {
  // What a route takes was checked by the schemas of that route.
  const work = async (): Promise<Answer> => route.handle(asked as Asked<never, never, never>)
  const { request, principal } = asked as Asked<null, null, null>
  const key = route.method === 'post' ? keyOf(request.get('idempotency-key')) : null
  if (key !== null && fingerprint !== null) {
    const repeatable = { actor: principal.actor, key, fingerprint: fingerprint() }
    return once(repeatable, async () => toldOf(await work()))
  }
  const answer = await work()
  if ('stream' in answer) return answer
  if (answer.write !== undefined) await context.writer.write(answer.write)
  answer.written?.()
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
    const tag = `"${createHash('sha256').update(text).digest('base64url')}"`
    response.setHeader('ETag', tag)
    const isKnown = tagsIn(response.req.get('if-none-match')).includes(tag)
    if (isKnown) response.status(304).removeHeader('Content-Type')
    response.end(isKnown ? undefined : text)
  }
}

/** Of RFC 9110, section 13.1.2; a weak one stands for what is the same to a reader. */
const tagsIn = (header = ''): readonly string[] =>
  header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))

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
    /** It takes as long as somebody is there. */
    lasts: (): void => clearTimeout(timer),
    end(): void {
      clearTimeout(timer)
      response.off('close', gone)
    },
  }
}
