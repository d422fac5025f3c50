import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Client, createClient, ProblemError } from '../../src/server/client/client.ts'
import { collected } from '../fixtures/collected.ts'
import { OPERATIONS, type Operation } from '../fixtures/server/api-document.ts'
import { runningService } from '../fixtures/server/running-service.ts'
import { keyFor } from '../fixtures/server/test-service.ts'

const service = await runningService({ settings: { keysRequired: true } })
const { authorization = '' } = keyFor(service.database, ['estimate', 'gate', 'run', 'import', 'admin'])
const key = authorization.replace('Bearer ', '')

const ISSUE = { title: 'Crash on empty input', body: 'parse("") throws' }
const BUDGET = { models: ['gpt-5'], rules: [{ name: 'a task', perTask: { usd: 2 } }] }
const NAMES = { task: 't', repository: 'octo/repo' }
const OF_RUNS = { agent: 'a', model: 'm' }

/** Every method, with everything it takes; ids are their names in the document. */
const CALLS: Readonly<Record<keyof Client, (client: Client) => AsyncIterable<unknown> | Promise<unknown>>> = {
  estimate: (client) => client.estimate({ issue: ISSUE }),
  getEstimate: (client) => client.getEstimate('{id}'),
  estimates: (client) => client.estimates({ ...NAMES, limit: 2 }),
  verdict: (client) => client.verdict({ budget: BUDGET, tasks: [{ issue: ISSUE }] }),
  startRun: (client) => client.startRun({ task: 't', model: 'm' }),
  run: (client) => client.run('{id}'),
  runs: (client) => client.runs({ ...NAMES, ...OF_RUNS, outcome: 'failed', limit: 2 }),
  events: (client) => client.events('{id}', { after: 5 }),
  cancelRun: (client) => client.cancelRun('{id}'),
  importTrajectory: (client) => client.importTrajectory('{}', { name: 'a.json', type: 'application/json' }),
  report: (client) =>
    // Names of reports are of a list: this one stands for each.
    client.report('{name}' as 'all', {
      ...{ format: 'csv', benchmark: 'b', ...NAMES, ...OF_RUNS },
      ...{ from: '2026-01-01', before: '2026-02-01' },
    }),
  models: (client) => client.models(),
  promote: (client) => client.promote('{id}', { why: 'w', expected: 'b' }),
  rollBack: (client) => client.rollBack({ why: 'w' }),
  prices: (client) => client.prices({ model: 'm' }),
  train: (client) => client.train({ id: 'a' }),
  training: (client) => client.training('{id}'),
  health: (client) => client.health(),
  ready: (client) => client.ready(),
  metrics: (client) => client.metrics(),
  openApi: (client) => client.openApi(),
}

/** What a method sends, to a service that answers everything. */
async function sentBy(method: keyof Client): Promise<readonly Request[]> {
  const sent: Request[] = []
  const answer: typeof fetch = async (input, init) => {
    sent.push(new Request(input, init))
    if (method === 'events') return new Response(null, { status: 204 })
    return Response.json({ next: sent.length === 1 ? 'c' : null })
  }
  const doing = CALLS[method](createClient('http://service.invalid/below', { fetch: answer }))
  if (Symbol.asyncIterator in doing) for await (const _ of doing);
  else await doing
  return sent
}

const nameOf = (request: Request): string =>
  `${request.method.toLowerCase()} ${decodeURIComponent(new URL(request.url).pathname).replace('/below', '')}`

const parametersIn = (own: Operation, place: string): readonly string[] =>
  own.parameters.filter((each) => each.in === place).map(({ name }) => name)

describe('the client', () => {
  const client = createClient('http://service.invalid')
  const methods = Object.keys(client) as (keyof Client)[]

  it('has a method for every operation of the document, and no other', async () => {
    const names = await Promise.all(
      methods.map(async (method) => nameOf((await sentBy(method))[0] ?? assert.fail(method))),
    )
    assert.deepEqual(names.toSorted(), OPERATIONS.map(({ method, path }) => `${method} ${path}`).toSorted())
  })

  for (const method of methods)
    it(`sends with ${method} every parameter that the document tells of, and no other`, async () => {
      const sent = await sentBy(method)
      const [first = assert.fail()] = sent
      const own = OPERATIONS.find((each) => `${each.method} ${each.path}` === nameOf(first)) ?? assert.fail()
      const query = new Set(sent.flatMap(({ url }) => [...new URL(url).searchParams.keys()]))
      assert.deepEqual([...query].sort(), parametersIn(own, 'query').toSorted())
      const headers = [...first.headers.keys()].filter((name) => name !== 'content-type')
      assert.deepEqual(
        headers,
        parametersIn(own, 'header').map((name) => name.toLowerCase()),
      )
      const types = Object.keys(own.requestBody?.content ?? {})
      const type = first.headers.get('content-type')
      assert.ok(type === null ? types.length === 0 : types.includes(type), `${type}`)
    })
})

describe('the client of a service', () => {
  const client = createClient(service.url, { key })

  it('gets the same estimate again, and finds it page by page', async () => {
    const made = await client.estimate({ id: 'mine', issue: ISSUE, models: ['gpt-5'] })
    await client.estimate({ id: 'mine', issue: ISSUE, models: ['gpt-5'] })
    assert.deepEqual(await client.getEstimate(made.id), made)
    const pages = await collected(client.estimates({ task: 'mine', limit: 1 }))
    assert.deepEqual(
      pages.map(({ estimates }) => estimates.length),
      [1, 1],
    )
    assert.equal(pages[1]?.estimates[0]?.id, made.id)
  })

  it('sends a request with a key of its caller twice, and has it done once', async () => {
    const asked = { issue: ISSUE }
    const [one, two] = [
      await client.estimate(asked, { idempotencyKey: 'k' }),
      await client.estimate(asked, { idempotencyKey: 'k' }),
    ]
    assert.equal(one.id, two.id)
  })

  it('judges, and tells of models, prices and itself', async () => {
    const verdict = await client.verdict({ budget: BUDGET, tasks: [{ id: 't', issue: ISSUE }] })
    assert.ok(['pass', 'warn', 'fail', 'undecided'].includes(verdict.verdict))
    const { current, pairs } = await client.models()
    assert.ok(current.length > 0 && pairs.length > 0)
    assert.equal((await client.prices({ model: 'gpt-5' })).prices[0]?.kind, 'known')
    assert.deepEqual(await client.health(), { status: 'ok' })
    assert.equal((await client.ready()).status, 'ready')
    assert.match(await client.metrics(), /^# HELP /)
    assert.equal((await client.openApi()).openapi, '3.1.1')
  })

  it('follows a run to its end, and finds what it spent', async () => {
    const { id } = await client.startRun({ task: 'version-order', model: 'gpt-5' })
    const events = await collected(client.events(id))
    assert.deepEqual(
      events.filter((event) => event.id !== null).map(({ event }) => event),
      ['planned', 'began', 'ended'],
    )
    assert.deepEqual(events.at(-1), { id: null, event: 'end', data: { state: 'done' } })
    assert.deepEqual(await collected(client.events(id, { after: 3 })), [])
    const job = await client.run(id)
    assert.equal(job.schema === 'run-job/1' && job.state, 'done')
    const [page] = await collected(client.runs({ task: 'version-order' }))
    const stored = await client.run(page?.runs[0]?.id ?? '')
    assert.equal(stored.schema, 'stored-run/1')
    const csv: string = await client.report('consumption', { format: 'csv' })
    assert.match(csv, /gpt-5/)
    await assert.rejects(client.cancelRun(id), { code: 'job-ended', status: 409 })
  })

  it('sends a trajectory as text, bytes, a blob or a stream', async () => {
    const text = JSON.stringify({ info: {}, messages: [] })
    const bodies = [text, new TextEncoder().encode(text), new Blob([text]), new Blob([text]).stream()]
    for (const body of bodies) {
      const outcome = await client
        .importTrajectory(body, { name: 'a.traj.json', type: 'application/json' })
        .then(
          (it) => it.schema,
          (error: unknown) => (error instanceof ProblemError ? error.code : error),
        )
      assert.ok(outcome === 'import/1' || outcome === 'run-malformed', String(outcome))
    }
  })

  it('throws what was refused as the problem that was told', async () => {
    const error = await client.estimate({ issue: { title: '' } }).catch((it: unknown) => it)
    assert.ok(error instanceof ProblemError)
    assert.equal(error.status, 400)
    assert.equal(error.code, 'request-malformed')
    assert.equal(error.problem?.requestId, error.requestId)
    assert.match(error.message, /^The request cannot be read: .* → /)
    await assert.rejects(createClient(service.url).models(), { code: 'key-missing', status: 401 })
    await assert.rejects(client.training('../models'), { code: 'job-not-found' })
    assert.throws(() => client.training('..'), TypeError)
  })
})
