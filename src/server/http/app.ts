import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import helmet from 'helmet'
import { KnownError } from '../../errors.ts'
import type { Principal } from '../auth/principal.ts'
import type { Route } from '../routes/route.ts'
import { type Answered, type Arrived, arrive } from './arrive.ts'
import { guard } from './guard.ts'
import { idempotency } from './idempotency.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { room } from './room.ts'
import { type Serving, serveRoute } from './serve-route.ts'
import { unreadable } from './unreadable.ts'

/** What the app is made of beside its routes. */
export interface AppOptions extends Omit<Serving, 'once' | 'enter'> {
  /** Who asks. @throws KnownError `key-missing`, `key-refused`, `origin-refused`, `rate-limited` */
  readonly authenticate: (request: Request) => Principal
  /** Whether it is not too much. @throws KnownError `rate-limited` */
  readonly admit: (request: Request, response: Response, principal: Principal) => Promise<void>
  /** Adds what is no route of the API: the pages. */
  readonly mount: (app: Express) => void
  /** Stands in front of everything. */
  readonly begin: RequestHandler
  /** What proxies in front are believed, as express takes it. */
  readonly trustProxy: false | number | readonly string[]
  /** Told of every answer. */
  readonly onAnswer: (told: Answered) => void
  /** Told of what should not happen. */
  readonly onBug: (error: unknown, requestId: string) => void
}

/** The service as an app of express: routes in, answers out. */
export function appOf(routes: readonly Route[], options: AppOptions): Express {
  const app = express()
  const serving: Serving = {
    ...options,
    once: idempotency(options.context),
    enter: room('uploads', options.uploads.mostAtOnce),
  }
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', false)
  app.set('trust proxy', options.trustProxy)
  app.use(options.begin, helmet(SECURITY), guard)
  for (const [path, own] of Map.groupBy(routes, ({ path }) => path)) {
    const handlers = new Map(own.map((route) => [route.method, route]))
    app.all(expressPath(path), async (request, response) => {
      const arrived = arrive(request, response, { path, onAnswer: options.onAnswer })
      try {
        const route = handlers.get(methodOf(request))
        if (route === undefined) throw wrongMethod(response, [...handlers.keys()], request)
        const principal = route.access === 'public' ? NOBODY : options.authenticate(request)
        arrived.principal = principal
        if (route.access !== 'public') await options.admit(request, response, principal)
        await serveRoute(serving, route, { request, response, requestId: arrived.requestId, principal })
      } catch (error) {
        refuse(response, { error, arrived, onBug: options.onBug })
      }
    })
  }
  options.mount(app)
  app.use((request: Request, response: Response) => {
    const arrived = arrive(request, response, { path: null, onAnswer: options.onAnswer })
    const error = new KnownError('route-not-found', `${request.method} ${request.path.slice(0, 200)}`)
    refuse(response, { error, arrived, onBug: options.onBug })
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
  // Without a referrer, a browser says of a form of our own that it comes from `null`.
  referrerPolicy: { policy: 'same-origin' },
  // Only a browser that came by https is to stay there.
  strictTransportSecurity: false,
}

/** Who asks what everybody may ask. */
const NOBODY: Principal = { actor: 'anybody', scopes: new Set() }

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

interface Refused {
  readonly error: unknown
  readonly arrived: Arrived
  readonly onBug: AppOptions['onBug']
}

/** Tells a failure; of an answer that is under way only its end is left to tell it by. */
function refuse(response: Response, { error, arrived, onBug }: Refused): void {
  const { requestId } = arrived
  if (error instanceof KnownError) arrived.reason = error.code
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

/** What express itself cannot read, such as a path that is no UTF-8, or a form that is too long. */
function onUnreadable({ onBug, onAnswer }: AppOptions): express.ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const arrived = arrive(request, response, { path: null, onAnswer })
    refuse(response, { error: unreadable(error), arrived, onBug })
  }
}
