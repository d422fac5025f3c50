import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ROUTES } from '../../src/server/routes/routes.ts'
import { checkAnswer, OPERATIONS } from '../fixtures/server/api-document.ts'
import { requestsOf } from '../fixtures/server/requests.ts'
import { runningService } from '../fixtures/server/running-service.ts'

const service = await runningService()
/** One whose trainings, runs, reports and imports end at once, with a failure. */
const idle = await runningService({
  options: { command: [process.execPath, '-e', 'process.exit(4)', '--'] },
})

/** What starts a process is asked less often. */
const TIMES: Readonly<Record<string, number>> = {
  get_v1_reports_name: 2,
  post_v1_trajectories: 2,
  post_v1_trainings: 8,
}
const MOST_TIMES = 12

/** Which trainings take a minute. */
const serviceFor = (id: string) => (id === 'post_v1_trainings' ? idle : service)

describe('the OpenAPI document', () => {
  it('tells of every route, and of nothing else', () => {
    assert.deepEqual(
      OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort(),
      ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
    )
  })

  for (const operation of OPERATIONS) {
    const { operationId } = operation
    it(`tells what ${operationId} answers to what it takes, and never is that malformed`, () =>
      fc.assert(
        fc.asyncProperty(requestsOf(operation), async ({ path, init }) => {
          const answer = await serviceFor(operationId).fetch(path, init)
          const text = await checkAnswer(operation, answer)
          // A cursor has the shape of one, but only the service can make one.
          if (answer.status >= 400 && !path.includes('cursor='))
            assert.ok(!text.includes('"request-malformed"'), text)
        }),
        { numRuns: TIMES[operationId] ?? MOST_TIMES, endOnFailure: true },
      ))
  }
})

describe('every route', () => {
  const PATHS = [...Map.groupBy(OPERATIONS, ({ path }) => path)]
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

  it('refuses other methods, and tells which it takes', async () => {
    for (const [path, own] of PATHS) {
      const taken = own.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
      for (const method of METHODS.filter((each) => !taken.includes(each))) {
        const answer = await service.fetch(path.replace(/[{}]/g, ''), { method })
        assert.equal(answer.status, 405, `${method} ${path}`)
        assert.deepEqual(
          answer.headers.get('allow')?.split(', ').sort(),
          taken.toSorted(),
          `${method} ${path}`,
        )
        if (method !== 'HEAD') await checkAnswer(own[0] ?? assert.fail(), answer)
      }
    }
  })

  it('refuses a query that it does not know, or that tells something twice', async () => {
    for (const own of OPERATIONS.filter(({ method }) => method === 'get')) {
      const path = own.path.replace('{name}', 'all').replace('{id}', 'x')
      const twice = await service.fetch(`${path}?limit=1&limit=2`)
      assert.equal(twice.status, 400, own.operationId)
      assert.match(await checkAnswer(own, twice), /"pointer":"\/limit"/)
      if (!own.parameters.some((each) => each.in === 'query')) continue
      assert.equal((await service.fetch(`${path}?surprise=1`)).status, 400, own.operationId)
    }
  })

  it('answers with the id that the request came with, where that is harmless', async () => {
    const ask = async (id: string) =>
      (await service.fetch('/v1/models', { headers: { 'request-id': id } })).headers.get('request-id')
    assert.equal(await ask('mine-1'), 'mine-1')
    assert.notEqual(await ask('<script>'), '<script>')
  })

  it('is told of as missing where there is none', async () => {
    for (const path of ['/v1', '/v1/nothing', '/v1/estimates/a/b', '/%ff']) {
      const answer = await service.fetch(path)
      assert.ok([400, 404].includes(answer.status), path)
      await checkAnswer(OPERATIONS[0] ?? assert.fail(), answer)
    }
  })
})
