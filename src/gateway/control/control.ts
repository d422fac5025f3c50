import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { ERRORS, KnownError } from '../../errors.ts'
import { checkShape, parseJson } from '../../json.ts'
import { readBody } from '../exchange/read-body.ts'
import type { Gateway, GatewayRun } from '../gateway.ts'
import { clientEnvironment } from '../runs/client-environment.ts'
import { hashOfKey } from '../runs/identity.ts'
import { liveRun } from '../runs/live.ts'
import { GroupAsked, limitsOf, RunAsked, runRequestOf } from './control-schema.ts'

const MOST_BYTES = 1024 * 1024
const EVERY_MS = 1000

/** The routes by which runs are opened, closed and watched. They are for who runs the gateway: no run's key opens them. */
export type Control = (request: IncomingMessage, response: ServerResponse) => boolean

/** @param gatewayNow the gateway, once it is there */
export function control(token: string, gatewayNow: () => Gateway): Control {
  const hash = Buffer.from(hashOfKey(token))
  const opened = new Map<string, GatewayRun>()
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (!path.startsWith('/foretoken/')) return false
    if (isForeign(request)) {
      const title = 'Web pages, and names other than localhost, are not answered'
      answer(response, 403, problem(403, title, 'use the address of gateway.json'))
      return true
    }
    const [, sent = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
    if (!timingSafeEqual(Buffer.from(hashOfKey(sent)), hash)) {
      answer(response, 401, problem(401, 'The token is missing or wrong', 'send the token of gateway.json'))
      return true
    }
    void route({ gateway: gatewayNow(), opened, path, request, response })
    return true
  }
}

/**
 * A page in a browser says where it is from, and reaches this machine by a name of its own making: both are refused,
 * whatever it knows. An address, or localhost, cannot be rebound.
 */
function isForeign({ headers: { host = '', origin } }: IncomingMessage): boolean {
  const { hostname } = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : { hostname: '' }
  return origin !== undefined || !(isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || hostname === 'localhost')
}

interface Asked {
  readonly gateway: Gateway
  /** Runs opened here, by id: their keys are known to who opened them. */
  readonly opened: Map<string, GatewayRun>
  readonly path: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function route(asked: Asked): Promise<void> {
  const { request, response, path } = asked
  const key = `${request.method} ${path.replace(/^\/foretoken\/runs\/[\w-]+$/, '/foretoken/runs/{id}')}`
  try {
    const found = ROUTES[key]
    if (found === undefined)
      answer(
        response,
        404,
        problem(404, `There is no ${request.method} ${path}`, 'see the README, "Gateway"'),
      )
    else await found(asked)
  } catch (error) {
    if (!(error instanceof KnownError)) {
      // A bug ends one request, and not the gateway.
      answer(response, 500, { ...problem(500, 'Unexpected failure', 'report it'), detail: String(error) })
      return
    }
    const { status, fix } = error
    answer(response, status, { ...problem(status, ERRORS[error.code].title, fix), detail: error.detail })
  }
}

const ROUTES: Readonly<Record<string, (asked: Asked) => Promise<void> | void>> = {
  'POST /foretoken/runs': async ({ gateway, opened, request, response }) => {
    const run = gateway.openRun(runRequestOf(await parsed(request, RunAsked)))
    opened.set(run.id, run)
    answer(response, 201, {
      id: run.id,
      key: run.key,
      baseUrl: run.baseUrl,
      environment: clientEnvironment(run, gateway.keyed),
    })
  },
  'POST /foretoken/groups': async ({ gateway, request, response }) => {
    const { name, limits } = await parsed(request, GroupAsked)
    gateway.openGroup(name, limitsOf(limits))
    answer(response, 201, { name })
  },
  'GET /foretoken/runs': ({ gateway, response }) => answer(response, 200, { runs: live(gateway) }),
  'GET /foretoken/runs/{id}': ({ gateway, path, response }) => {
    const found = live(gateway).find(({ id }) => id === idOf(path))
    if (found === undefined) throw new KnownError('run-not-found', idOf(path))
    answer(response, 200, found)
  },
  'DELETE /foretoken/runs/{id}': async ({ opened, path, response }) => {
    const id = idOf(path)
    const run = opened.get(id)
    if (run === undefined) throw new KnownError('run-not-found', id)
    const last = liveRun(run.state, Date.now())
    await run.close()
    opened.delete(id)
    answer(response, 200, { ...last, outcome: run.state.outcome, closed: true })
  },
  'GET /foretoken/events': ({ gateway, response }) => stream(gateway, response),
}

const idOf = (path: string): string => path.split('/').at(-1) ?? ''

const live = (gateway: Gateway) => gateway.registry.runs().map((run) => liveRun(run, Date.now()))

/** The runs as they stand, every second. */
function stream(gateway: Gateway, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const tell = (): void => {
    // Who does not keep up gets the next state, not each.
    if (!response.writableNeedDrain)
      response.write(`event: runs\ndata: ${JSON.stringify({ runs: live(gateway) })}\n\n`)
  }
  tell()
  const timer = setInterval(tell, EVERY_MS)
  response.on('close', () => clearInterval(timer))
}

async function parsed<T>(request: IncomingMessage, schema: Parameters<typeof checkShape<T>>[0]): Promise<T> {
  const body = await readBody(request, MOST_BYTES)
  if (body.kind !== 'read') throw new KnownError('bad-setting', 'the body of the request cannot be read')
  const value = body.text === '' ? {} : parseJson(body.text, 'the body', 'bad-setting')
  return checkShape(schema, value, 'the body', 'bad-setting')
}

/** RFC 9457. */
const problem = (status: number, title: string, fix: string): object => ({
  type: 'about:blank',
  status,
  title,
  fix,
})

function answer(response: ServerResponse, status: number, body: object): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}
