import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { rawUpstream } from '../fixtures/gateway/raw-upstream.ts'
import { watchedGateway } from '../fixtures/gateway/watched-gateway.ts'

const REPLY = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'gpt-5',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
  usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
})
const SOUND = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${REPLY.length}\r\n\r\n${REPLY}`

/** A gateway before an upstream that resets the connection in the place of some of its answers. */
async function resetting(resets: ReadonlySet<number>) {
  const upstream = await rawUpstream((socket, number) => {
    if (resets.has(number)) socket.resetAndDestroy()
    else socket.write(SOUND)
  })
  const watched = await watchedGateway(upstream.url, { silenceMs: 5000 })
  after(async () => {
    await watched.gateway.close()
    await upstream.close()
  })
  return { upstream, ...watched }
}

describe('a connection that the provider kept open', () => {
  it('and resets when it is used again, is tried anew: the client does not see it, and one call is billed', async () => {
    const { ask, run, upstream } = await resetting(new Set([1]))
    for (let i = 0; i < 2; i++) {
      const reply = await ask('openai-chat', false)
      assert.deepEqual([reply.status, await reply.text()], [200, REPLY])
    }
    assert.equal(upstream.received.length, 2)
    assert.deepEqual(
      run.exchanges().map(({ ending, calls }) => [ending, calls.length, calls[0]?.incomplete]),
      [
        ['ok', 1, false],
        ['ok', 1, false],
      ],
    )
  })

  it('is not what a new one is: where that is reset, what it cost is unknown', async () => {
    const { ask, run } = await resetting(new Set([0]))
    const reply = await ask('openai-chat', false)
    assert.equal(reply.status, 502)
    await reply.text()
    assert.deepEqual(
      run.exchanges().map(({ ending, calls }) => [ending, calls[0]?.incomplete]),
      [['upstream-lost', true]],
    )
  })
})
