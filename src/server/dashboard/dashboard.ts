import { createHash } from 'node:crypto'
import type { Express, Request, Response } from 'express'
import { KnownError } from '../../errors.ts'
import { signOut } from '../auth/authentication.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import type { Principal } from '../auth/principal.ts'
import type { AppOptions } from '../http/app.ts'
import { type Arrived, arrive } from '../http/arrive.ts'
import { PROBLEM_TYPE, problemOf } from '../http/problem.ts'
import { formReader, type ReadForm } from '../http/read-form.ts'
import { ASSETS, type Asset } from '../pages/assets.ts'
import { errorPage, errorView } from '../pages/error-page.ts'
import type { PageAbout } from '../pages/page.ts'
import type { ServiceContext } from '../service-context.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'
import { calibration } from './calibration.ts'
import { documentation } from './documentation.ts'
import { forecastAnswer, forecastForm } from './forecast.ts'
import { cancelRunForm, oneRunPage, runsLog } from './runs.ts'
import { sendKey, signInForm } from './sign-in.ts'
import { startRunForm } from './start-run.ts'

/** What the pages need beside what all requests have in common. */
export interface DashboardOptions extends AppOptions {
  readonly authenticator: Authenticator
}

/** A page: how it is asked for, who may, and what it answers. */
interface Page {
  readonly method: 'get' | 'post'
  readonly path: string
  /** Nobody has to say who they are. */
  readonly isOpen?: boolean
  readonly answer: (asked: AskedPage) => PageAnswer | Promise<PageAnswer>
}

const PAGES: readonly Page[] = [
  { method: 'get', path: '/', answer: forecastForm },
  { method: 'post', path: '/', answer: forecastAnswer },
  { method: 'get', path: '/runs', answer: (asked) => runsLog(asked) },
  { method: 'post', path: '/runs', answer: startRunForm },
  { method: 'get', path: '/runs/:id', answer: oneRunPage },
  { method: 'post', path: '/runs/:id/cancel', answer: cancelRunForm },
  { method: 'get', path: '/calibration', answer: calibration },
  { method: 'get', path: '/docs', answer: documentation, isOpen: true },
  { method: 'get', path: '/sign-in', answer: signInForm, isOpen: true },
]

/** The pages of the service: each for people, and with `?format=json` the same for programs. */
export function mountDashboard(app: Express, options: DashboardOptions): void {
  const { authenticator, limits } = options
  const readForm = formReader({ mostBytes: limits.bodyBytes, timeoutMs: limits.bodyTimeoutMs })
  for (const page of PAGES)
    app[page.method](page.path, (request, response) =>
      servePage({ ...options, readForm }, page, request, response),
    )
  app.post('/sign-in', (request, response) => {
    const arrived = arrive(request, response, { path: '/sign-in', onAnswer: options.onAnswer })
    return answerSafely(options, { request, response, arrived }, async () => {
      const form = await readForm(request, response)
      sendKey(authenticator, { request, response, form, about: aboutOf(options.context, null) })
    })
  })
  app.post('/sign-out', (request, response, next) => {
    const arrived = arrive(request, response, { path: '/sign-out', onAnswer: options.onAnswer })
    arrived.principal = options.authenticate(request)
    signOut(authenticator, '/sign-in')(request, response, next)
  })
  for (const asset of ASSETS) app.get(asset.path, sendAsset(asset))
  app.get(/.*/, (request, response, next) => {
    if (request.accepts(['json', 'html']) !== 'html') return next()
    const arrived = arrive(request, response, { path: null, onAnswer: options.onAnswer })
    return answerSafely(options, { request, response, arrived }, async () => {
      arrived.principal = await whoMay(options, { request, response, isOpen: true })
      throw new KnownError('route-not-found', request.path.slice(0, 200), {
        fix: 'use the pages named above',
      })
    })
  })
}

async function servePage(
  options: DashboardOptions & { readonly readForm: ReadForm },
  { method, path, isOpen = false, answer }: Page,
  request: Request,
  response: Response,
): Promise<void> {
  const arrived = arrive(request, response, { path, onAnswer: options.onAnswer })
  await answerSafely(options, { request, response, arrived }, async () => {
    const principal = await whoMay(options, { request, response, isOpen })
    if (principal === null) return void response.redirect(303, signInPath(request))
    arrived.principal = principal
    const gone = new AbortController()
    response.on('close', () => gone.abort(new Error('the caller has gone away')))
    const { id } = request.params
    tellPage(
      request,
      response,
      await answer({
        ...{ request, principal, context: options.context, signal: gone.signal },
        about: aboutOf(options.context, principal),
        // Not before it is known who sends it.
        form: method === 'post' ? await options.readForm(request, response) : {},
        query: queryOf(request),
        id: typeof id === 'string' ? id : '',
      }),
    )
  })
}

/** Null = they have to sign in first. */
async function whoMay(
  { authenticate, admit }: DashboardOptions,
  {
    request,
    response,
    isOpen,
  }: { readonly request: Request; readonly response: Response; readonly isOpen: boolean },
): Promise<Principal | null> {
  try {
    const principal = authenticate(request)
    await admit(request, response, principal)
    return principal
  } catch (error) {
    const isUnknown = error instanceof KnownError && error.status === 401
    if (isUnknown && isOpen) return NOBODY
    if (isUnknown && !wantsJson(request) && (request.method === 'GET' || request.method === 'HEAD'))
      return null
    throw error
  }
}

const NOBODY: Principal = { actor: 'anybody', scopes: new Set() }

const signInPath = ({ originalUrl }: Request): string => `/sign-in?next=${encodeURIComponent(originalUrl)}`

const aboutOf = ({ version, inForce }: ServiceContext, principal: Principal | null): PageAbout => ({
  version,
  bundle: inForce().forecaster.bundle.id,
  actor: principal === null || principal === NOBODY ? null : principal.actor,
})

const queryOf = ({ originalUrl }: Request): URLSearchParams => {
  const at = originalUrl.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : originalUrl.slice(at + 1))
}

const wantsJson = (request: Request): boolean =>
  queryOf(request).get('format') === 'json' || request.accepts(['html', 'json']) === 'json'

function tellPage(request: Request, response: Response, answer: PageAnswer): void {
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Vary', 'Accept')
  if ('goTo' in answer) return void response.redirect(303, answer.goTo)
  response.status(answer.status)
  if (wantsJson(request)) response.type('json').end(JSON.stringify(answer.view))
  else response.type('html').end(answer.page)
}

interface Asking {
  readonly request: Request
  readonly response: Response
  readonly arrived: Arrived
}

async function answerSafely(
  { context, onBug }: DashboardOptions,
  { request, response, arrived }: Asking,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const known = error instanceof KnownError ? error : null
    if (known === null) onBug(error, arrived.requestId)
    else arrived.reason = known.code
    if (response.headersSent) return void response.destroy()
    if (wantsJson(request)) return tellProblem(response, problemOf(error, arrived.requestId))
    const view = errorView(aboutOf(context, arrived.principal), known, arrived.requestId)
    tellPage(request, response, { status: view.status, view, page: errorPage(view) })
  }
}

/** Programs are told of failures as by the API. */
function tellProblem(response: Response, problem: ReturnType<typeof problemOf>): void {
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Vary', 'Accept')
  response.status(problem.status).type(PROBLEM_TYPE).end(JSON.stringify(problem))
}

function sendAsset({ contentType, text }: Asset) {
  const tag = `"${createHash('sha256').update(text).digest('base64url')}"`
  return (request: Request, response: Response): void => {
    response.setHeader('Content-Type', contentType)
    response.setHeader('ETag', tag)
    response.setHeader('Cache-Control', 'no-cache')
    const isKnown = request.get('if-none-match') === tag
    response.status(isKnown ? 304 : 200).end(isKnown ? undefined : text)
  }
}
