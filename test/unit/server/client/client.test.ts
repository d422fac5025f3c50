import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient, ProblemError } from '../../../../src/server/client/client.ts'
import { collected } from '../../../fixtures/collected.ts'

const BUSY = {
  type: '/docs',
  title: 'Busy',
  status: 503,
  detail: 'd',
  code: 'service-busy',
  fix: 'f',
  requestId: 'r',
}
const problem = (told: object, headers: Record<string, string> = {}): Response => {
  const whole = { ...BUSY, ...told }
  return new Response(JSON.stringify(whole), {
    status: whole.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}
const SOON = { 'retry-after': '0' }

/** A client of what answers in turn; `sent` is what it was sent. */
function clientOf(answers: readonly (() => Response)[], options: object = {}) {
  const sent: Request[] = []
  const client = createClient('http://service.invalid', {
    ...options,
    fetch: async (input, init) => {
      sent.push(new Request(input, init))
      return (answers[sent.length - 1] ?? assert.fail('it is asked once more'))()
    },
  })
  return { client, sent }
}

const broken = (): Response => {
  throw new TypeError('fetch failed')
}
const ok = (): Response => Response.json({ status: 'ok' })
const stream = (...chunks: string[]): Response => new Response(new Blob(chunks).stream())

describe('the client', () => {
  it('asks again when the service is busy, or too much is asked of it, or the network breaks', async () => {
    const { client, sent } = clientOf([
      () => problem({}, SOON),
      () => problem({ status: 429 }, SOON),
      broken,
      ok,
    ])
    await client.health()
    assert.equal(sent.length, 4)
  })

  it('sends what does something again with the key of the first time', async () => {
    const { client, sent } = clientOf([
      broken,
      () => problem({ code: 'idempotency-conflict', status: 409 }),
      ok,
    ])
    await client.estimate({ issue: { title: 'x' } })
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'))
    assert.equal(keys.length, 3)
    assert.match(keys[0] ?? '', /^[0-9a-f]{32}$/)
    assert.equal(new Set(keys).size, 1)
  })

  it('gives up after so many times, with the last failure', async () => {
    const busy = () => problem({}, SOON)
    const { client, sent } = clientOf([busy, busy, busy], { retries: 2 })
    await assert.rejects(client.health(), { name: 'ProblemError', code: 'service-busy', status: 503 })
    assert.equal(sent.length, 3)
  })

  it('gives up at once where it is told to wait for too long', async () => {
    for (const after of ['61', new Date(Date.now() + 3_600_000).toUTCString()]) {
      const { client, sent } = clientOf([() => problem({}, { 'retry-after': after })])
      await assert.rejects(client.health(), ProblemError)
      assert.equal(sent.length, 1)
    }
  })

  it('never sends again what is not safe: a deletion, or a stream', async () => {
    const one = clientOf([broken])
    await assert.rejects(one.client.cancelRun('x'), TypeError)
    const two = clientOf([broken])
    await assert.rejects(two.client.importTrajectory(new Blob(['x']).stream()), TypeError)
    assert.deepEqual([one.sent.length, two.sent.length], [1, 1])
  })

  it('does not repeat what is refused for good', async () => {
    const { client, sent } = clientOf([() => problem({ status: 404, code: 'run-not-found' })])
    await assert.rejects(client.run('x'), { code: 'run-not-found' })
    assert.equal(sent.length, 1)
  })

  it('ends at the signal, also while it waits', async () => {
    const controller = new AbortController()
    const { client } = clientOf([
      () => {
        queueMicrotask(() => setImmediate(() => controller.abort(new Error('enough'))))
        return problem({}, { 'retry-after': '50' })
      },
    ])
    await assert.rejects(client.health({ signal: controller.signal }), { message: 'enough' })
  })

  it('says so where it was not the service that answered', async () => {
    const { client } = clientOf([() => new Response('<h1>Bad gateway</h1>', { status: 502 })])
    await assert.rejects(client.health(), { status: 502, code: null, problem: null, requestId: null })
  })

  it('takes "not ready" for an answer, and asks once', async () => {
    const { client, sent } = clientOf([
      () => Response.json({ status: 'not-ready', checks: {} }, { status: 503 }),
    ])
    assert.equal((await client.ready()).status, 'not-ready')
    assert.equal(sent.length, 1)
  })

  it('goes on behind the last event it saw, through breaks and a restart, and tells each once', async () => {
    const { client, sent } = clientOf([
      () => stream('id: 1\nevent: planned\ndata: {}\n\nevent: spend\ndata: {}\n\nid: 2\nev'),
      broken,
      () => stream('id: 2\nevent: began\ndata: {}\n\nevent: end\ndata: {"state":"running"}\n\n'),
      () => stream('id: 3\nevent: ended\ndata: {}\n\nevent: end\ndata: {"state":"done"}\n\n'),
    ])
    const events = await collected(client.events('x'))
    assert.deepEqual(
      events.map(({ event }) => event),
      ['planned', 'spend', 'began', 'ended', 'end'],
    )
    assert.deepEqual(
      sent.map(({ headers }) => headers.get('last-event-id')),
      [null, '1', '1', '2'],
    )
  })

  it('gives up on events that break again and again without one', async () => {
    const cut = () => stream('id: 1')
    const { client, sent } = clientOf([cut, cut], { retries: 1 })
    await assert.rejects(collected(client.events('x')), /ended before the run did/)
    assert.equal(sent.length, 2)
  })
})
