import express, { type Express, type Request, type Response } from 'express'
import helmet from 'helmet'
import { KnownError } from '../../errors.ts'
import { LOOPBACK, type Principal } from '../auth/principal.ts'
import type { Route } from '../routes/route.ts'
import { idempotency } from './idempotency.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import { type Serving, serveRoute } from './serve-route.ts'

/** What the app is made of beside its routes. */
export interface AppOptions extends Omit<Serving, 'once'> {
  /** Who asks. @throws KnownError `key-missing`, `key-refused`, `origin-refused`, `rate-limited` */
  readonly authenticate: (request: Request) => Principal
  /** Told of every answer. */
  readonly onAnswer: (told: Answered) => void
  /** Told of what should not happen. */
  readonly onBug: (error: unknown, requestId: string) => void
}

/** A request that was answered. */
export interface Answered {
  readonly request: Request
  readonly response: Response
  /** The path of its route, without what callers put in; null = there is none. */
  readonly route: string | null
  readonly requestId: string
  readonly actor: string | null
  readonly ms: number
}

/** The service as an app of express: routes in, answers out. */
export function appOf(routes: readonly Route[], options: AppOptions): Express {
  const app = express()
  const serving: Serving = { ...options, once: idempotency(options.context) }
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', false)
  app.use(helmet(SECURITY))
  for (const [path, own] of Map.groupBy(routes, ({ path }) => path)) {
    const handlers = new Map(own.map((route) => [route.method, route]))
    app.all(expressPath(path), async (request, response) => {
      const arrived = arrive(request, response, { path, onAnswer: options.onAnswer })
      try {
        const route = handlers.get(methodOf(request))
        if (route === undefined) throw wrongMethod(response, [...handlers.keys()], request)
        arrived.principal = route.access === 'public' ? LOOPBACK : options.authenticate(request)
        const { principal, requestId } = arrived
        await serveRoute(serving, route, { request, response, requestId, principal })
      } catch (error) {
        refuse(response, { error, requestId: arrived.requestId, onBug: options.onBug })
      }
    })
  }
  app.use((request: Request, response: Response) => {
    const { requestId } = arrive(request, response, { path: null, onAnswer: options.onAnswer })
    const error = new KnownError('route-not-found', `${request.method} ${request.path.slice(0, 200)}`)
    refuse(response, { error, requestId, onBug: options.onBug })
  })
  app.use(onUnreadable(options))
  return app
}

/** Nothing of others is loaded, and nothing here is shown within others' pages. */
const SECURITY: Parameters<typeof helmet>[0] = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Only a browser that came by https is to stay there.
  strictTransportSecurity: false,
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

const methodOf = ({ method }: Request): Route['method'] =>
  (method === 'HEAD' ? 'get' : method.toLowerCase()) as Route['method']

function wrongMethod(response: Response, methods: readonly string[], request: Request): KnownError {
  const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
  response.setHeader('Allow', allowed.join(', '))
  return new KnownError('method-not-allowed', `${request.method} ${request.path.slice(0, 200)}`, {
    fix: `it takes ${allowed.join(', ')}`,
  })
}

interface Arrived {
  readonly requestId: string
  principal: Principal | null
}

function arrive(
  request: Request,
  response: Response,
  { path, onAnswer }: { readonly path: string | null; readonly onAnswer: AppOptions['onAnswer'] },
): Arrived {
  const startMs = performance.now()
  const arrived: Arrived = { requestId: requestIdOf(request.get('request-id')), principal: null }
  response.setHeader('Request-Id', arrived.requestId)
  response.on('close', () => {
    const { requestId, principal } = arrived
    const ms = performance.now() - startMs
    onAnswer({ request, response, route: path, requestId, actor: principal?.actor ?? null, ms })
  })
  return arrived
}

interface Refused {
  readonly error: unknown
  readonly requestId: string
  readonly onBug: AppOptions['onBug']
}

/** Tells a failure; of an answer that is under way only its end is left to tell it by. */
function refuse(response: Response, { error, requestId, onBug }: Refused): void {
  if (!(error instanceof KnownError) && !response.destroyed) onBug(error, requestId)
  if (response.headersSent) return void response.destroy()
  const problem = problemOf(error, requestId)
  response.status(problem.status)
  response.setHeader('Content-Type', PROBLEM_TYPE)
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="foretoken"')
  if (RETRIED.has(problem.status) && !response.hasHeader('Retry-After'))
    response.setHeader('Retry-After', RETRY_SECONDS)
  // What is left of a body that was refused is not read.
  if (problem.status === 413 || problem.status === 408) response.setHeader('Connection', 'close')
  response.end(JSON.stringify(problem))
}

const RETRIED = new Set([429, 503])
const RETRY_SECONDS = '2'

/** What express itself cannot read, such as a path that is no UTF-8. */
function onUnreadable({ onBug, onAnswer }: AppOptions): express.ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { requestId } = arrive(request, response, { path: null, onAnswer })
    const isTheirs =
      error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400)
    const known = isTheirs ? new KnownError('request-malformed', 'the path cannot be decoded') : error
    refuse(response, { error: known, requestId, onBug })
  }
}
