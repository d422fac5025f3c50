import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { behindGateway } from '../fixtures/gateway/behind-gateway.ts'
import {
  CLAUDE_CODE,
  type Client,
  CODEX,
  LITELLM,
  lackingClients,
  MINI_SWE_AGENT,
  SDKS,
} from '../fixtures/gateway/clients.ts'
import { runClient } from '../fixtures/gateway/run-client.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'

const CALLS = 2

/** How often a client asks once its budget is used up; none goes on for ever. */
const REFUSED: ReadonlyMap<Client, number> = new Map([[MINI_SWE_AGENT, 2]])

describe('a client whose budget is used up', { skip: lackingClients() ?? false, concurrency: 2 }, () => {
  for (const client of [...SDKS, ...LITELLM, MINI_SWE_AGENT, CLAUDE_CODE, CODEX]) {
    if (!client.mends) continue
    it(`ends as failed, and asks no more: ${client.name}`, async () => {
      const upstream = await scriptedUpstream({ script: mendScript })
      const gateway = await behindGateway(upstream.url, { calls: CALLS })
      try {
        const { exit, stdout, stderr } = await runClient(client, gateway.base, 60)
        assert.equal(exit, 1, stdout + stderr)
        assert.equal(upstream.received.length, CALLS)
        const endings = gateway.exchanges().map(({ ending }) => ending)
        const refused = Array.from({ length: REFUSED.get(client) ?? 1 }, () => 'over-budget')
        assert.deepEqual(endings, [...Array.from({ length: CALLS }, () => 'ok'), ...refused])
      } finally {
        await gateway.close()
        await upstream.close()
      }
    })
  }
})
