import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { Limits } from '../../src/gateway/budget/limits.ts'
import type { GatewayOptions } from '../../src/gateway/gateway.ts'
import type { GatewayEvent } from '../../src/gateway/gateway-context.ts'
import { DIALECTS, type DialectName } from '../../src/usage/dialects.ts'
import { askRun, limitIn, type Question } from '../fixtures/gateway/questions.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { scriptedUpstream, type UpstreamOptions } from '../fixtures/gateway/scripted-upstream.ts'
import { testGateway } from '../fixtures/gateway/test-gateway.ts'

const NAMES = Object.keys(DIALECTS) as DialectName[]
const ASKED: Question = { text: 'What?', streams: false, maxOutput: null }

async function started(
  limits: Partial<Limits>,
  upstreamOptions: Partial<UpstreamOptions> = {},
  options: Partial<GatewayOptions> = {},
) {
  const upstream = await scriptedUpstream({
    script: mendScript,
    usage: ({ body }) => ({ ...WHOLE, output: Math.min(100, limitIn(body) ?? 100) }),
    ...upstreamOptions,
  })
  const events: GatewayEvent[] = []
  const gateway = await testGateway(upstream.url, { onEvent: (event) => events.push(event), ...options })
  after(async () => {
    await gateway.close()
    await upstream.close()
  })
  const run = gateway.openRun({ limits })
  return {
    upstream,
    gateway,
    run,
    events,
    limitsSent: () => upstream.received.map(({ body }) => limitIn(body)),
  }
}

const WHOLE = { input: 100, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 }

/** What each dialect's clients take for the end of all tries. */
const REFUSALS: Readonly<Record<DialectName, readonly [number, object]>> = {
  'openai-chat': [429, { type: 'insufficient_quota', code: 'insufficient_quota', param: null }],
  'openai-responses': [429, { type: 'insufficient_quota', code: 'insufficient_quota', param: null }],
  'anthropic-messages': [402, { type: 'billing_error' }],
  gemini: [429, { code: 429, status: 'RESOURCE_EXHAUSTED' }],
}

describe('a call over budget', () => {
  for (const name of NAMES) {
    it(`of ${name} is refused in its provider's own shape, and its run is told so`, async () => {
      const { run, upstream, events } = await started({ calls: 1 })
      await (await askRun(run.baseUrl, name, ASKED)).text()
      const [status, shape] = REFUSALS[name]
      // Who asks again has not understood, and some end on nothing but a key that is not valid. Codex ends on the first.
      const again = name === 'openai-responses' ? status : 401
      for (const [i, streams] of [false, true].entries()) {
        const reply = await askRun(run.baseUrl, name, { ...ASKED, streams })
        const { error } = (await reply.json()) as { error: { message: string } }
        const { message, ...told } = error
        assert.deepEqual([reply.status, told], [i === 0 ? status : again, shape])
        assert.match(message, /1 of 1 calls are spent/)
        assert.equal(reply.headers.get('x-should-retry'), 'false')
        assert.equal(reply.headers.get('content-type'), 'application/json')
      }
      assert.equal(upstream.received.length, 1)
      assert.equal(run.state.outcome, 'budget-exhausted')
      assert.equal(events.filter(({ kind }) => kind === 'over-budget').length, 2)
      assert.deepEqual(
        run.exchanges().map(({ ending, calls }) => [ending, calls.length]),
        [
          ['ok', 1],
          ['over-budget', 0],
          ['over-budget', 0],
        ],
      )
    })

    it(`of ${name} is refused where the rest is less than its provider takes for a limit`, async () => {
      const { run, upstream } = await started({ outputTokens: 5 })
      const reply = await askRun(run.baseUrl, name, { ...ASKED, maxOutput: 10 })
      // A limit of 5 is no limit to Responses; the others take it, but it is too little for a reply.
      assert.equal(reply.headers.get('x-foretoken-refusal'), 'over-budget')
      assert.deepEqual([upstream.received.length, run.state.accounts[0]?.gauges[0]?.reserved], [0, 0n])
    })
  }
})

describe('a reply', () => {
  for (const name of NAMES) {
    it(`of ${name} is limited to what is left, and to no less than it asked for where that fits`, async () => {
      const { run, upstream, limitsSent } = await started({ outputTokens: 250 })
      for (const maxOutput of [200, 200, 200, null]) {
        await (await askRun(run.baseUrl, name, { ...ASKED, maxOutput })).text()
      }
      // 100 are written each time: 250, 150, 50 are left, and then none.
      assert.deepEqual(limitsSent(), [200, 150, 50])
      assert.equal(
        upstream.served.reduce((sum, { output }) => sum + (output ?? 0), 0),
        250,
      )
      assert.equal(run.state.accounts[0]?.gauges[0]?.spent, 250n)
    })

    it(`of ${name} without a limit gets one where the budget has less than models write, and else none`, async () => {
      const small = await started({ outputTokens: 5000 })
      await (await askRun(small.run.baseUrl, name, ASKED)).text()
      assert.deepEqual(small.limitsSent(), [5000])
      const large = await started({ outputTokens: 1_000_000 })
      await (await askRun(large.run.baseUrl, name, ASKED)).text()
      assert.deepEqual(large.limitsSent(), [null])
    })
  }

  it('is asked for again as the client did by a server that knows no limit, and not where the client set one', async () => {
    const refusing = { kind: 'status', status: 400, body: '{"error":{"message":"unknown field"}}' } as const
    const upstream: Partial<UpstreamOptions> = {
      fault: ({ body }) => (limitIn(body) === null ? null : refusing),
    }
    const { run, limitsSent } = await started({ outputTokens: 5000 }, upstream)
    assert.equal((await askRun(run.baseUrl, 'openai-chat', ASKED)).status, 200)
    assert.equal((await askRun(run.baseUrl, 'openai-chat', { ...ASKED, maxOutput: 9000 })).status, 400)
    assert.deepEqual(limitsSent(), [5000, null, 4900])
    assert.equal(run.state.accounts[0]?.gauges[0]?.spent, 100n)
  })
})

describe('a call beside others', () => {
  it('waits, and is let in when they have used less than was set aside for them', async () => {
    const { run, upstream } = await started({ outputTokens: 1000 })
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => askRun(run.baseUrl, 'openai-chat', { ...ASKED, maxOutput: 900 })),
    )
    // Each may write 900 and writes 100: side by side only one fits, and one after the other all do.
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    )
    assert.equal(upstream.received.length, 5)
    assert.deepEqual(
      run.state.accounts[0]?.gauges.map(({ spent, reserved }) => [spent, reserved]),
      [[500n, 0n]],
    )
  })

  it('that gives up while it waits has cost nothing, and lets the next one in', async () => {
    const { run, upstream } = await started({ calls: 1 }, { fault: (_, i) => (i === 0 ? HANGS : null) })
    const first = new AbortController()
    const second = new AbortController()
    const hanging = askRun(run.baseUrl, 'openai-chat', ASKED, { signal: first.signal })
    await until(() => upstream.received.length === 1)
    const waiting = askRun(run.baseUrl, 'openai-chat', ASKED, { signal: second.signal })
    await until(() => run.state.accounts[0]?.waiting.length === 1)
    second.abort()
    await assert.rejects(waiting)
    await until(() => run.exchanges().length === 1)
    assert.deepEqual(
      run.exchanges().map(({ ending, calls }) => [ending, calls.length]),
      [['client-gone', 0]],
    )
    first.abort()
    await assert.rejects(hanging)
    await until(() => run.exchanges().length === 2)
    // Nobody knows what the one that hung has cost: it counts.
    const after = await askRun(run.baseUrl, 'openai-chat', ASKED)
    assert.equal(after.headers.get('x-foretoken-refusal'), 'over-budget')
  })
})

const HANGS = { kind: 'hang', afterBytes: 0 } as const

/** Waits, turn by turn, for something that is about to happen. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((done) => setImmediate(done))
}

describe('the time of a run', () => {
  const ENDS: Readonly<Record<DialectName, RegExp>> = {
    'openai-chat':
      /\n\ndata: \{"error":\{"message":"Foretoken: the time is up.*"insufficient_quota"\}\}\n\n$/,
    'openai-responses':
      /\n\nevent: error\ndata: \{"type":"error","error":\{"message":"Foretoken: the time is up.*\}\}\n\n$/,
    'anthropic-messages':
      /\n\nevent: error\ndata: \{"type":"error","error":\{"type":"billing_error","message":"Foretoken: the time is up.*\}\}\n\n$/,
    gemini: /\n\ndata: \{"error":\{"code":429,"message":"Foretoken: the time is up.*\}\}\n\n$/,
  }
  for (const name of NAMES) {
    it(`ends a call of ${name} before its reply has begun as one that is over budget`, async () => {
      const { run, events } = await started({ seconds: 0.1 }, { fault: () => HANGS })
      const silent = await askRun(run.baseUrl, name, { ...ASKED, streams: true })
      assert.equal(silent.status, REFUSALS[name][0])
      assert.equal(run.state.outcome, 'budget-exhausted')
      assert.deepEqual(kindsOf(events), ['opened', 'begun', 'over-budget', 'ended'])
      const late = await askRun(run.baseUrl, name, { ...ASKED, streams: true })
      assert.match(await late.text(), /the time is up: the run had 0.1 seconds/)
    })

    it(`ends a stream of ${name} in the middle, as that stream tells its errors`, async () => {
      const { run } = await started({ seconds: 0.1 }, { fault: () => ({ kind: 'hang', afterBytes: 40 }) })
      const reply = await askRun(run.baseUrl, name, { ...ASKED, streams: true })
      const text = await reply.text()
      assert.equal(reply.status, 200)
      assert.match(text, ENDS[name])
      const [exchange] = run.exchanges()
      assert.equal(exchange?.ending, 'cut')
      assert.ok(exchange.calls.length === 1 && exchange.calls.every(({ incomplete }) => incomplete))
    })
  }

  it('of a group is that of all its runs, whenever they were opened', async () => {
    const { gateway, events } = await started({})
    gateway.openGroup('both', { seconds: 0.1 })
    const runs = [
      gateway.openRun({ group: 'both' }),
      gateway.openRun({ group: 'both', limits: { seconds: 60 } }),
    ]
    await until(() => events.filter(({ kind }) => kind === 'over-budget').length === 2)
    for (const run of [...runs, gateway.openRun({ group: 'both' })]) {
      await until(() => run.state.closed !== null)
      const reply = await askRun(run.baseUrl, 'openai-chat', ASKED)
      assert.match(await reply.text(), /the time is up: the run had 0.1 seconds/)
      assert.equal(run.state.outcome, 'budget-exhausted')
    }
  })
})

const kindsOf = (events: readonly GatewayEvent[]) => events.map(({ kind }) => kind)

describe('a limit in dollars', () => {
  it('is refused at once for a model that is named and has no price, and with its first call else', async () => {
    const { gateway, upstream } = await started({})
    const limits = { usd: 10n ** 12n }
    assert.throws(() => gateway.openRun({ limits, model: 'nobody-knows' }), { code: 'price-unknown' })
    gateway.openGroup('dollars', limits)
    assert.throws(() => gateway.openRun({ group: 'dollars', model: 'nobody-knows' }), {
      code: 'price-unknown',
    })
    for (const asked of [{ limits }, { group: 'dollars' }]) {
      const run = gateway.openRun(asked)
      const reply = await askRun(run.baseUrl, 'openai-chat', ASKED, { model: 'nobody-knows' })
      assert.match(await reply.text(), /in dollars, and no price of nobody-knows is known/)
      assert.equal((await askRun(run.baseUrl, 'openai-chat', ASKED)).status, 200)
    }
    assert.equal(upstream.received.length, 2)
  })
})
