import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, describe, it } from 'node:test'
import { trace } from '@opentelemetry/api'
import express from 'express'
import { KnownError } from '../../src/errors.ts'
import { openLog } from '../../src/server/telemetry/log.ts'
import { openMetrics } from '../../src/server/telemetry/metrics.ts'
import { reasonOf, telemetryOf } from '../../src/server/telemetry/telemetry.ts'
import { contextOf } from '../../src/server/telemetry/trace-parent.ts'
import { openTracing } from '../../src/server/telemetry/tracing.ts'
import { madeEstimate, priceAt } from '../fixtures/estimates.ts'
import { otlpReceiver } from '../fixtures/otlp-receiver.ts'
import { AT_MS, newStore } from '../fixtures/runs.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const SECRET_TEXT = 'the text of the issue'
const forecast = madeEstimate({ model: 'gpt-5', agent: 'openhands', total: 1e6, output: 1e4 }, priceAt(1, 10))

/** A service that forecasts, and all that is told of it. */
async function service(env: Readonly<Record<string, string>>) {
  const lines: string[] = []
  const log = openLog({
    ...{ level: 'info', issueText: false, version: '1.2.3', nowMs: () => AT_MS },
    write: (line) => void lines.push(line),
  })
  const fail = (error: unknown) => assert.fail(String(error))
  const metrics = openMetrics({ store: newStore(), queues: {}, onFailure: fail })
  const tracing = await openTracing(env, '1.2.3')
  const telemetry = telemetryOf(log, metrics, tracing)
  const answered = Promise.withResolvers<void>()
  const app = express()
  app.use(telemetry.begin)
  app.all('/v1/:what', async (request, response) => {
    response.on('close', () => {
      const failure = request.params.what === 'missing' ? new KnownError('run-not-found', SECRET_TEXT) : null
      const reason = failure === null ? null : reasonOf(failure)
      telemetry.answered({
        request,
        response,
        route: '/v1/{what}',
        requestId: 'r-1',
        actor: 'key-1',
        ms: 2,
        reason,
      })
      answered.resolve()
    })
    // What comes later still belongs to the request.
    await new Promise(setImmediate)
    if (request.params.what === 'estimates') await tracing.forecasts(async () => [forecast, forecast])
    response.status({ missing: 404, broken: 500 }[request.params.what] ?? 200).send('answer')
  })
  const server = createServer(app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const end = async () => {
    await answered.promise
    server.closeAllConnections()
    server.close()
    metrics.close()
    await tracing.close()
  }
  after(() => server.close())
  const bound = server.address()
  const base = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`
  const told = () => lines.map((line) => JSON.parse(line))
  return { ask: (path: string, more: RequestInit = {}) => fetch(base + path, more), end, told, metrics }
}

const tracedTo = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url })

describe('a trace', () => {
  it('goes on where the caller began it, through the request to each forecast, when the service ends', async () => {
    const { spans, paths, url } = await otlpReceiver()
    const { ask, end, told } = await service(tracedTo(url))
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01` }
    await (
      await ask(`/v1/estimates?title=${SECRET_TEXT}`, { method: 'POST', body: SECRET_TEXT, headers })
    ).text()
    await end()
    assert.deepEqual(paths, ['/v1/traces'])
    const [request, ...others] = spans.toSorted((a) => (a.kind === 2 ? -1 : 1))
    assert.deepEqual([request?.traceId, request?.parentSpanId], [TRACE, SPAN])
    assert.equal(request?.name, 'POST /v1/{what}')
    assert.deepEqual(request?.attributes, {
      'http.request.method': 'POST',
      'url.scheme': 'http',
      'http.route': '/v1/{what}',
      'http.response.status_code': 200,
      'foretoken.request.id': 'r-1',
      'foretoken.actor': 'key-1',
    })
    assert.equal(request?.resource['service.name'], 'foretoken')
    assert.equal(others.length, 2)
    for (const { traceId, parentSpanId, name, attributes } of others) {
      assert.deepEqual([traceId, parentSpanId, name], [TRACE, request?.spanId, 'forecast gpt-5'])
      assert.equal(attributes['gen_ai.operation.name'], 'forecast')
      assert.equal(attributes['gen_ai.request.model'], 'gpt-5')
      assert.equal(attributes['foretoken.forecast.total_tokens'], forecast.totalTokens.mean)
    }
    assert.ok(!JSON.stringify(spans).includes(SECRET_TEXT.replaceAll(' ', '%20')))
    assert.ok(!JSON.stringify(spans).includes(SECRET_TEXT))
    assert.equal(told()[0].traceId, TRACE)
  })

  it('tells of failures of the service as such, and of nobody else', async () => {
    for (const [path, code] of [
      ['/v1/broken', 2],
      ['/v1/missing', 0],
    ] as const) {
      const { spans, url } = await otlpReceiver()
      const { ask, end } = await service(tracedTo(url))
      await (await ask(path)).text()
      await end()
      assert.deepEqual(
        [spans[0]?.status.code, spans[0]?.attributes['error.type']],
        [code, code === 2 ? '500' : undefined],
      )
    }
  })

  it('is not begun without a collector, and no other user of the API is disturbed', async () => {
    const { ask, end, told } = await service({})
    await (await ask('/v1/estimates')).text()
    await end()
    assert.equal(told()[0].traceId, null)
    assert.equal(trace.getTracer('x').startSpan('y').isRecording(), false)
    const { ask: again, end: over } = await service({
      ...tracedTo('http://127.0.0.1:1'),
      OTEL_SDK_DISABLED: 'true',
    })
    await (await again('/v1/estimates')).text()
    await over()
  })

  it('does not keep the service from answering and ending when the collector is gone', async () => {
    const { ask, end } = await service(tracedTo('http://127.0.0.1:1'))
    assert.equal(await (await ask('/v1/estimates')).text(), 'answer')
    await end()
  })

  it('begins anew where the caller tells of none, or none that is well-formed', () => {
    const parent = (traceparent: string) => trace.getSpanContext(contextOf({ traceparent }))?.traceId
    assert.equal(parent(`00-${TRACE}-${SPAN}-00`), TRACE)
    assert.equal(parent(`cc-${TRACE}-${SPAN}-01-what-comes-later`), TRACE)
    for (const wrong of [
      '',
      `00-${TRACE}-${SPAN}`,
      `00-${TRACE}-${SPAN}-01-more`,
      `ff-${TRACE}-${SPAN}-01`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    ])
      assert.equal(parent(wrong), undefined, wrong)
  })
})

describe('what is told of a request', () => {
  it('is its route and never its address, who asked, and how much was sent', async () => {
    const { ask, end, told, metrics } = await service({})
    await (await ask('/v1/missing?key=secret-thing')).text()
    await end()
    const [{ method, route, status, actor, requestId, ms, bytes }] = told()
    assert.deepEqual(
      [method, route, status, actor, requestId, ms],
      ['GET', '/v1/{what}', 404, 'key-1', 'r-1', 2],
    )
    assert.ok(bytes > 'answer'.length && bytes < 2000, String(bytes))
    assert.ok(!JSON.stringify(told()).includes('secret-thing'))
    const { text } = await metrics.text()
    assert.match(text, /foretoken_http_rejected_total\{reason="run-not-found"\} 1/)
    assert.match(text, /foretoken_http_requests_in_flight 0/)
    assert.ok(!text.includes('secret-thing'))
  })
})
