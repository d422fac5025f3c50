import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Principal } from '../../src/server/auth/principal.ts'
import { type AppOptions, appOf } from '../../src/server/http/app.ts'
import { type Route, route } from '../../src/server/routes/route.ts'
import { ROUTES } from '../../src/server/routes/routes.ts'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import type { ServiceContext } from '../../src/server/service-context.ts'
import { testService } from '../fixtures/server/test-service.ts'

const service = await testService()
const METHODS = ['PUT', 'PATCH', 'OPTIONS', 'PROPFIND']
const PATHS = [...new Set(ROUTES.map(({ path }) => path))]
const addressOf = (path: string): string =>
  path.replace('{name}', 'budget').replace(/\{\w+\}/g, 'no-such') +
  (path.includes('reports') ? '?format=x' : '')

/** What every answer has, and what none has. */
function checkHeaders(response: Response): void {
  const { headers, url } = response
  const policy = headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/, url)
  assert.match(policy, /frame-ancestors 'none'/, url)
  assert.doesNotMatch(policy, /unsafe|\*/, url)
  assert.equal(headers.get('x-content-type-options'), 'nosniff', url)
  assert.match(headers.get('cache-control') ?? '', /no-store|no-cache/, url)
  assert.match(headers.get('request-id') ?? '', /^[\w.:-]+$/, url)
  for (const name of ['x-powered-by', 'server', 'access-control-allow-origin'])
    assert.equal(headers.get(name), null, `${url} ${name}`)
}

/** A failure as every route tells it. */
async function problemOf(response: Response) {
  checkHeaders(response)
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/, response.url)
  return ProblemSchema.parse(await response.json())
}

describe('the headers of answers', () => {
  for (const path of [...PATHS, '/', '/runs', '/calibration', '/docs', '/sign-in', '/runs/no-such'])
    it(`shut out what is not of the service: ${path}`, async () => {
      for (const accept of ['application/json', 'text/html', '*/*']) {
        const response = await service.fetch(addressOf(path), { headers: { accept } })
        checkHeaders(response)
        await response.body?.cancel()
      }
    })

  it('are the same for HEAD as for GET, without a body', async () => {
    for (const path of [
      '/healthz',
      '/v1/models',
      '/v1/runs',
      '/openapi.json',
      '/v1/estimates/no-such',
      '/no-such',
    ]) {
      const [get, head] = await Promise.all([service.fetch(path), service.fetch(path, { method: 'HEAD' })])
      checkHeaders(head)
      assert.equal(head.status, get.status, path)
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'), path)
      assert.equal(await head.text(), '')
      await get.body?.cancel()
    }
  })

  it('forbid the script of a report, and everything else in it', async () => {
    const response = await service.fetch('/v1/reports/budget?format=html')
    assert.equal(response.status, 200)
    const policy = response.headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; .*; sandbox$/)
    assert.doesNotMatch(policy, /script-src|allow-/)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.doesNotMatch(await response.text(), /<script/i)
  })
})

describe('what is not there', () => {
  for (const path of PATHS)
    it(`is told as a problem, with what is: ${path}`, async () => {
      const own = ROUTES.filter((one) => one.path === path).map(({ method }) => method.toUpperCase())
      for (const method of METHODS) {
        const response = await service.fetch(addressOf(path), { method })
        assert.equal(response.status, 405, method)
        const allowed = (response.headers.get('allow') ?? '').split(', ')
        assert.deepEqual(allowed.filter((one) => one !== 'HEAD').sort(), own.toSorted())
        assert.equal((await problemOf(response)).code, 'method-not-allowed')
      }
    })

  it('is told as a problem where there is no such route', async () => {
    for (const [path, method] of [
      ['/no-such', 'GET'],
      ['/v1', 'GET'],
      ['/v2/estimates', 'POST'],
      ['/v1/estimates/a/b', 'DELETE'],
      ['/assets/no-such.js', 'GET'],
    ] as const) {
      const response = await service.fetch(path, { method, headers: { accept: 'application/json' } })
      assert.equal(response.status, 404, path)
      assert.equal((await problemOf(response)).code, 'route-not-found')
    }
  })

  it('is told as a problem of its sender, where a form cannot be read', async () => {
    const form = 'application/x-www-form-urlencoded'
    for (const [status, headers, body] of [
      [413, { 'content-type': form }, `title=${'x'.repeat(2 ** 20)}`],
      [413, { 'content-type': form }, 'a=1&'.repeat(1000)],
      [415, { 'content-type': `${form}; charset=utf-16` }, 'title=x'],
      [415, { 'content-type': form, 'content-encoding': 'gzip' }, 'title=x'],
    ] as const)
      for (const path of ['/', '/sign-in']) {
        const response = await service.fetch(path, { method: 'POST', headers, body })
        assert.equal(response.status, status, `${path} ${body.slice(0, 20)}`)
        await response.body?.cancel()
      }
    assert.doesNotMatch(service.log(), /"what":"bug"/)
  })
})

const ABOUT = { access: 'public', tag: 'operations', summary: 'x', responses: {} } as const
const ANSWER_MS = 50

/** The app with other routes, and what it tells as bugs. */
async function served(
  routes: readonly Route[],
): Promise<{ readonly url: string; readonly told: readonly unknown[] }> {
  const told: unknown[] = []
  const options: AppOptions = {
    context: { isClosing: () => false } as ServiceContext,
    uploads: { folder: '/nowhere', mostBytes: 1, mostAtOnce: 1 },
    limits: { bodyBytes: 1000, bodyTimeoutMs: 1000, answerMs: ANSWER_MS },
    authenticate: (): Principal => ({ actor: 'test', scopes: new Set() }),
    admit: async () => {},
    mount: () => {},
    begin: (_request, _response, next) => next(),
    trustProxy: false,
    onAnswer: () => {},
    onBug: (error) => told.push(error),
  }
  const server = createServer(appOf(routes, options) as RequestListener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told }
}

describe('an answer that streams', () => {
  it('is ended when its time is over, unless it lasts as long as its caller is there', async () => {
    const streaming = (path: string, lasts: boolean): Route =>
      route({
        ...ABOUT,
        method: 'get',
        path,
        handle: ({ signal }) => ({
          lasts,
          async stream(response) {
            await wait(ANSWER_MS * 4)
            response.end(String(signal.aborted))
          },
        }),
      })
    const { url } = await served([streaming('/brief', false), streaming('/lasting', true)])
    assert.equal(await (await fetch(`${url}/brief`)).text(), 'true')
    assert.equal(await (await fetch(`${url}/lasting`)).text(), 'false')
  })
})

describe('a bug', () => {
  const WHAT = 'SELECT secret FROM /srv/foretoken/foretoken.db'

  const fail = (): never => {
    throw new TypeError(WHAT)
  }

  it('is told to the log alone: no stack, no message and no path of the server', async () => {
    const { url, told } = await served([
      route({ ...ABOUT, method: 'get', path: '/bug', handle: fail }),
      route({ ...ABOUT, method: 'get', path: '/later', handle: () => ({ stream: async () => fail() }) }),
    ])
    for (const path of ['/bug', '/later']) {
      const response = await fetch(`${url}${path}`)
      assert.equal(response.status, 500)
      const problem = await problemOf(response)
      assert.equal(problem.code, 'bug')
      assert.doesNotMatch(JSON.stringify(problem), /SELECT|TypeError|\/srv|\.ts|at /)
    }
    assert.equal(told.length, 2)
    assert.ok(told.every((error) => error instanceof TypeError && error.message === WHAT))
  })
})
