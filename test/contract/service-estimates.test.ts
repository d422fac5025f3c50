import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testService } from '../fixtures/server/test-service.ts'

const ISSUE = { title: 'Crash on empty input', body: 'parse("") throws a TypeError, see src/parse.ts' }

const service = await testService()

describe('estimates over HTTP', () => {
  it('are answered, kept, and given again as they were', async () => {
    const made = await service.post('/v1/estimates', { id: 't1', issue: ISSUE, models: ['gpt-5'] })
    assert.equal(made.status, 201)
    const text = await made.text()
    const estimate = JSON.parse(text)
    assert.equal(estimate.task, 't1')
    assert.equal(estimate.forecasts.length, 1)
    assert.ok(estimate.forecasts[0].totalTokens.p10 < estimate.forecasts[0].totalTokens.p90)
    const again = await service.fetch(made.headers.get('location') ?? '')
    assert.equal(await again.text(), text)
    const tag = again.headers.get('etag') ?? ''
    const unchanged = await service.fetch(`/v1/estimates/${estimate.id}`, {
      headers: { 'if-none-match': tag },
    })
    assert.equal(unchanged.status, 304)
  })

  it('are the same forecasts that were remembered, under an id of their own', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(async () => (await service.post('/v1/estimates', { issue: ISSUE })).json()),
    )
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
    assert.equal((await other.json()).code, 'idempotency-mismatch')
  })

  it('are listed, the newest first, page by page, each once', async () => {
    for (let i = 0; i < 5; i++) await service.post('/v1/estimates', { id: `page-${i}`, issue: ISSUE })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { estimates: { task: string }[]; next: string | null } = await (
        await service.fetch(`/v1/estimates?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json()
      seen.push(...page.estimates.map(({ task }) => task))
      cursor = page.next
    }
    assert.deepEqual(
      seen.filter((task) => task.startsWith('page-')),
      ['page-4', 'page-3', 'page-2', 'page-1', 'page-0'],
    )
    const one = await (await service.fetch('/v1/estimates?task=page-3')).json()
    assert.equal(one.estimates.length, 1)
  })

  it('name every mistake by its place', async () => {
    const refused = await service.post('/v1/estimates', { issue: { title: ' ' }, models: [], path: '/etc' })
    assert.equal(refused.status, 400)
    assert.match(refused.headers.get('content-type') ?? '', /problem\+json/)
    const problem = await refused.json()
    assert.equal(problem.code, 'request-malformed')
    assert.ok(problem.errors.some(({ pointer }: { pointer: string }) => pointer === '/models'))
    assert.equal(problem.requestId, refused.headers.get('request-id'))
  })
})
