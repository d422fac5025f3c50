import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { rawClient } from '../fixtures/gateway/raw-client.ts'
import { rawUpstream } from '../fixtures/gateway/raw-upstream.ts'
import { QUESTIONS } from '../fixtures/gateway/same-question.ts'
import { type WatchedGateway, watchedGateway } from '../fixtures/gateway/watched-gateway.ts'

type Options = Parameters<typeof watchedGateway>

/** A gateway before an upstream that says what it is told to. */
async function before(
  answer: Parameters<typeof rawUpstream>[0],
  options: Options[1] = {},
  asked: Options[2] = {},
) {
  const upstream = await rawUpstream(answer)
  const watched = await watchedGateway(upstream.url, options, asked)
  after(async () => {
    await watched.gateway.close()
    await upstream.close()
  })
  return { upstream, ...watched }
}

const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const EVENT = chunk('data: {"id":"c","model":"gpt-5","choices":[]}\n\n')

/** A question as it goes over the wire. */
function wire({ run }: WatchedGateway, headers = ''): string {
  const [path, body] = QUESTIONS['openai-chat'](true)
  const text = JSON.stringify(body)
  const { pathname } = new URL(run.baseUrl)
  return `POST ${pathname}${path} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${text.length}\r\n\r\n${text}`
}

const clientOf = ({ gateway }: WatchedGateway): Socket => {
  const client = rawClient(gateway.url)
  client.on('error', () => {}) // the gateway may break off
  return client
}

/** Goes on writing for as long as the other side takes it. */
function pour(socket: Socket, bytes: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  }
  socket.on('drain', more)
  more()
}

const isClosed = async ({ open }: { readonly open: ReadonlySet<Socket> }): Promise<void> => {
  await Promise.all([...open].map((socket) => new Promise((closed) => socket.once('close', closed))))
}

describe('a client that goes away', () => {
  it('ends its request before the head of the reply: it may have been billed', async () => {
    const watched = await before(() => client.destroy())
    const client = clientOf(watched)
    client.write(wire(watched))
    const { ending, status, calls } = await watched.ended(0)
    assert.deepEqual([ending, status, calls[0]?.incomplete], ['client-gone', null, true])
    await isClosed(watched.upstream)
  })

  it('ends its request in the middle of the reply, of which what came is counted', async () => {
    const watched = await before((socket) => socket.write(STREAM + EVENT))
    const client = clientOf(watched)
    client.on('data', (bytes) => bytes.includes('"id"') && client.destroy())
    client.write(wire(watched))
    const { ending, status, calls, replyBytes } = await watched.ended(0)
    assert.deepEqual([ending, status, calls[0]?.incomplete], ['client-gone', 200, true])
    assert.ok(replyBytes > 0)
    await isClosed(watched.upstream)
  })

  it('ends every request that it sent ahead, and costs nothing for those that had not gone out', async () => {
    const watched = await before((_, number) => number === 1 && client.destroy())
    const client = clientOf(watched)
    client.write(wire(watched).repeat(2))
    for (const number of [0, 1]) assert.equal((await watched.ended(number)).ending, 'client-gone')
    await isClosed(watched.upstream)
  })

  it('leaves the line of those who wait for a budget, and pays nothing', async () => {
    const limits = { limits: { totalTokens: 20_000 } }
    const watched = await before((socket) => socket.write(STREAM + EVENT), {}, limits)
    const [first, second] = [clientOf(watched), clientOf(watched)]
    first.write(wire(watched))
    await once(first, 'data')
    second.write(wire(watched))
    const { waiting } = watched.run.state.accounts[0] ?? { waiting: [] }
    while (waiting.length === 0) await new Promise(setImmediate)
    second.destroy()
    const { ending, calls } = await watched.ended(0)
    assert.deepEqual([ending, calls], ['client-gone', []])
    assert.equal(waiting.length, 0)
    first.destroy()
    await watched.ended(1)
    assert.equal(watched.run.state.accounts[0]?.inFlight, 0)
  })

  it('in the middle of its request is none that was counted', async () => {
    const watched = await before(() => assert.fail('nothing was to go out'))
    const client = clientOf(watched)
    client.write(wire(watched).slice(0, -5))
    await new Promise((sent) => client.write('', sent))
    client.destroy()
    await watched.gateway.close()
    assert.equal(watched.run.exchanges().length, 0)
  })
})

describe('a client that is slow', () => {
  it('is not read ahead for, and given up where it takes nothing for as long as a provider may be silent', async () => {
    const watched = await before(
      (socket) => {
        socket.write(STREAM)
        pour(socket, chunk(`data: {"x":"${'x'.repeat(65_000)}"}\n\n`))
      },
      { silenceMs: 400 },
    )
    const client = clientOf(watched).pause()
    client.write(wire(watched))
    const { ending, replyBytes } = await watched.ended(0)
    assert.equal(ending, 'client-gone')
    assert.ok(replyBytes < 12e6, `${replyBytes} bytes were taken for a client that reads none`)
    await isClosed(watched.upstream)
    client.destroy()
  })

  it('does not hold its connection for ever where it never takes the end of a reply', async () => {
    const body = 'x'.repeat(8_000_000)
    const watched = await before(
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
      { silenceMs: 400 },
    )
    const client = clientOf(watched).pause()
    client.write(wire(watched))
    await watched.ended(0)
    await once(client.resume(), 'close')
  })

  it('gets every byte, as soon as it takes them', async () => {
    const body = 'x'.repeat(8_000_000)
    const watched = await before((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`),
    )
    const client = clientOf(watched)
    let got = 0
    client.on('data', (bytes) => {
      got += bytes.length
      client.pause()
      setImmediate(() => client.resume())
    })
    client.write(wire(watched, 'Connection: close\r\n'))
    await once(client, 'close')
    assert.ok(got > body.length)
  })
})

describe('a stream without end', () => {
  it('is ended, and told, when the time of its run is up', async () => {
    const watched = await before(
      (socket) => {
        socket.write(STREAM)
        pour(socket, EVENT)
      },
      {},
      { limits: { seconds: 0.4 } },
    )
    const reply = await watched.ask('openai-chat', true)
    assert.match((await reply.text()).slice(-300), /insufficient_quota/)
    const { ending, calls } = await watched.ended(0)
    assert.deepEqual([ending, calls[0]?.incomplete], ['cut', true])
    await isClosed(watched.upstream)
  })

  it('is ended with the run, on its socket too', async () => {
    const watched = await before((socket) => socket.write(STREAM + EVENT))
    const reply = await watched.ask('openai-chat', true)
    await watched.told('begun')
    const [text] = await Promise.all([reply.text(), watched.run.close()])
    assert.match(text, /the run is closed/)
    assert.equal((await watched.ended(0)).ending, 'cut')
  })
})

describe('a request that is too long', () => {
  const MOST = 64 * 1024 * 1024
  for (const [dialect, shape] of [
    ['openai-chat', /"code":"request_too_large"/],
    ['anthropic-messages', /"type":"request_too_large"/],
    ['gemini', /"code":413/],
  ] as const) {
    it(`is refused in the shape of the dialect, whether it tells its length or not: ${dialect}`, async () => {
      const watched = await before(() => assert.fail('nothing was to go out'))
      const [path] = QUESTIONS[dialect](false)
      const piece = Buffer.alloc(1e6, 32)
      const pieces = Array.from({ length: 100 }, () => piece)
      for (const body of [Buffer.concat(pieces), ReadableStream.from(pieces)]) {
        const reply = await fetch(watched.run.baseUrl + path, { method: 'POST', body, duplex: 'half' })
        assert.equal(reply.status, 413)
        assert.match(await reply.text(), shape)
      }
      assert.equal(watched.run.exchanges().length, 0)
    })
  }

  it('is refused too where it is long only once it is unpacked', async () => {
    const watched = await before(() => assert.fail('nothing was to go out'))
    const body = gzipSync(Buffer.alloc(MOST + 1, 32))
    const reply = await watched.ask('openai-chat', false, { body, headers: { 'content-encoding': 'gzip' } })
    assert.equal(reply.status, 413)
  })
})
