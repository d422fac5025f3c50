import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { callOf } from '../../src/usage/call.ts'
import { sumCalls, type Totals } from '../../src/usage/sum-calls.ts'
import { type Behind, behindGateway, PROVIDER_KEY } from '../fixtures/gateway/behind-gateway.ts'
import { clearOf } from '../fixtures/gateway/clear-of.ts'
import {
  CLAUDE_CODE,
  type Client,
  CODEX,
  LITELLM,
  lackingClients,
  MINI_SWE_AGENT,
  SDKS,
} from '../fixtures/gateway/clients.ts'
import { type Recorded, recorder } from '../fixtures/gateway/recorder.ts'
import { type ClientEnd, runClient } from '../fixtures/gateway/run-client.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import {
  type ScriptedUpstream,
  scriptedUpstream,
  type UpstreamOptions,
} from '../fixtures/gateway/scripted-upstream.ts'

/** What came of a client between which and the upstream there was a gateway, or none. */
interface Run {
  readonly end: ClientEnd
  readonly exchanges: readonly Recorded[]
  readonly upstream: ScriptedUpstream
  /** As the client counts; null = it tells nothing. */
  readonly account: Totals | null
  /** As the gateway counts and how each exchange ended; null = there was none. */
  readonly metered: { readonly totals: Totals; readonly endings: readonly string[] } | null
}

async function run(client: Client, pace: Partial<UpstreamOptions>, isBehind: boolean): Promise<Run> {
  const upstream = await scriptedUpstream({ script: mendScript, ...pace })
  const gateway = isBehind ? await behindGateway(upstream.url) : null
  const between = await recorder(gateway?.base ?? upstream.url)
  try {
    const end = await runClient(client, between.url)
    // What it wrote is gone when the hook that this runs in has ended.
    const account = client.account === null || end.exit !== 0 ? null : sumCalls(client.account(end))
    const metered = gateway === null ? null : meteredBy(gateway)
    return { end, account, exchanges: between.exchanges, upstream, metered }
  } finally {
    await between.close()
    await gateway?.close()
    await upstream.close()
  }
}

const meteredBy = ({ totals, exchanges }: Behind) => ({
  totals: totals(),
  endings: exchanges().map(({ ending }) => ending),
})

/** The same exchanges, in an order that does not depend on which of two parallel ones was first. */
const told = (exchanges: readonly Recorded[]): readonly string[] =>
  exchanges
    .map(({ method, path, status, bytes, encoding }) =>
      [`${method} ${path} ${status}`, clearOf(bytes, encoding).toString()].join('\n'),
    )
    .sort()

const served = ({ upstream }: Run): Totals =>
  sumCalls(upstream.served.map((usage) => callOf('provider', usage)))

/** What the client can take compressed is, and it is cut anywhere; chunks have members behind their usage. */
const HARD = { compresses: true, pieceBytes: 61, obfuscates: true }
const PACES = [
  ['', {}],
  [', compressed and cut anywhere', HARD],
] as const

describe('a client', { skip: lackingClients() ?? false, concurrency: 2 }, () => {
  for (const client of [...SDKS, ...LITELLM, MINI_SWE_AGENT, CLAUDE_CODE, CODEX]) {
    for (const [how, pace] of PACES) {
      describe(`${client.name}${how}`, () => {
        let direct: Run
        before(async () => {
          direct = await run(client, pace, false)
        })

        it('finishes its task without the gateway', () => finishes(client, direct))
        if (client.account !== null)
          it('tells of what it was billed', () => {
            assert.ok(direct.account)
            assertSame(direct.account, served(direct))
          })

        describe('behind the gateway', () => {
          let behind: Run
          before(async () => {
            behind = await run(client, pace, true)
          })

          it('finishes its task', () => finishes(client, behind))
          it('gets the bytes that it gets without', () => {
            assert.deepEqual(told(behind.exchanges), told(direct.exchanges))
            if (client.repeats) assert.equal(behind.end.stdout, direct.end.stdout)
          })
          it('is counted as the provider counts it', () => {
            assert.deepEqual(behind.metered?.totals, served(behind))
            assert.deepEqual(new Set(behind.metered?.endings), new Set(['ok']))
            assert.deepEqual(served(behind), served(direct))
          })
          it('is let in by the key of its run, which the provider does not see', () => {
            for (const { headers } of behind.upstream.received) {
              const told = [headers.authorization, headers['x-api-key'], headers['x-goog-api-key']]
              assert.deepEqual(told.filter(Boolean).map(keyIn), [PROVIDER_KEY])
            }
          })
        })
      })
    }
  }
})

const keyIn = (value: unknown): string => String(value).replace(/^Bearer /, '')

function finishes({ mends }: Client, { end, upstream }: Run): void {
  assert.equal(end.exit, 0, end.stderr || end.stdout)
  assert.equal(end.mended, mends, end.stdout)
  if (mends) assert.ok(upstream.served.length >= 4)
}

/** A client's own account leaves out what its form has no place for: the reasoning, how long a cache is kept. */
function assertSame(account: Totals, billed: Totals): void {
  assert.deepEqual(
    [account.totalInput.amount, account.classes.output.amount, account.classes.cacheRead.amount],
    [billed.totalInput.amount, billed.classes.output.amount, billed.classes.cacheRead.amount],
  )
}
