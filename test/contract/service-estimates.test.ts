import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EstimateAnswer, EstimateList } from '../../src/server/schemas/estimate-answer.ts'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import { testService } from '../fixtures/server/test-service.ts'

const ISSUE = { title: 'Crash on empty input', body: 'parse("") throws a TypeError, see src/parse.ts' }

const service = await testService()

describe('estimates over HTTP', () => {
  it('are answered, kept, and given again as they were', async () => {
    const made = await service.post('/v1/estimates', { id: 't1', issue: ISSUE, models: ['gpt-5'] })
    assert.equal(made.status, 201)
    const text = await made.text()
    const estimate = EstimateAnswer.parse(JSON.parse(text))
    assert.equal(estimate.task, 't1')
    assert.equal(estimate.forecasts.length, 1)
    assert.ok((estimate.forecasts[0]?.totalTokens.p10 ?? 0) < (estimate.forecasts[0]?.totalTokens.p90 ?? 0))
    const again = await service.fetch(made.headers.get('location') ?? '')
    assert.equal(await again.text(), text)
    const tag = again.headers.get('etag') ?? ''
    const unchanged = await service.fetch(`/v1/estimates/${estimate.id}`, {
      headers: { 'if-none-match': tag },
    })
    assert.equal(unchanged.status, 304)
  })

  it('are the same forecasts that were remembered, under an id of their own', async () => {
    const make = async () =>
      EstimateAnswer.parse(await (await service.post('/v1/estimates', { issue: ISSUE })).json())
    const [one, two] = await Promise.all([make(), make()])
    assert.notEqual(one.id, two.id)
    assert.deepEqual(one.forecasts, two.forecasts)
  })

  it('are answered once for an Idempotency-Key, and refused with it for something else', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await service.post('/v1/estimates', { issue: ISSUE }, headers)
    const second = await service.post('/v1/estimates', { issue: ISSUE }, headers)
    assert.equal(await second.text(), await first.text())
    assert.equal(second.headers.get('idempotent-replayed'), 'true')
    assert.equal(second.headers.get('location'), first.headers.get('location'))
    const other = await service.post('/v1/estimates', { issue: { title: 'Other' } }, headers)
    assert.equal(other.status, 422)
    assert.equal(ProblemSchema.parse(await other.json()).code, 'idempotency-mismatch')
  })

  it('are listed, the newest first, page by page, each once', async () => {
    for (let i = 0; i < 5; i++) await service.post('/v1/estimates', { id: `page-${i}`, issue: ISSUE })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const answer: Response = await service.fetch(
        `/v1/estimates?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      const page = EstimateList.parse(await answer.json())
      seen.push(...page.estimates.map(({ task }) => task))
      cursor = page.next
    }
    assert.deepEqual(
      seen.filter((task) => task.startsWith('page-')),
      ['page-4', 'page-3', 'page-2', 'page-1', 'page-0'],
    )
    const one = EstimateList.parse(await (await service.fetch('/v1/estimates?task=page-3')).json())
    assert.equal(one.estimates.length, 1)
  })

  it('name every mistake by its place', async () => {
    const refused = await service.post('/v1/estimates', { issue: { title: ' ' }, models: [], path: '/etc' })
    assert.equal(refused.status, 400)
    assert.match(refused.headers.get('content-type') ?? '', /problem\+json/)
    const problem = ProblemSchema.parse(await refused.json())
    assert.equal(problem.code, 'request-malformed')
    assert.ok(problem.errors?.some(({ pointer }) => pointer === '/models'))
    assert.equal(problem.requestId, refused.headers.get('request-id'))
  })
})
