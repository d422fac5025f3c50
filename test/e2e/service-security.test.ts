import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { testService } from '../fixtures/server/test-service.ts'
import { until } from '../fixtures/until.ts'

const UPLOAD_BYTES = 3_000_000
const service = await testService({
  settings: { limits: { uploadBytes: UPLOAD_BYTES, requestTimeoutSeconds: 2, connections: 200 } },
})
const port = Number(new URL(service.url).port)
const HOST = 'Host: 127.0.0.1\r\n'
const JSON_TYPE = 'Content-Type: application/json\r\n'

const sockets = new Set<Socket>()
after(() => {
  for (const socket of sockets) socket.destroy()
})

/** A connection, with what came over it, and its end. */
function open(text = '') {
  const socket = connect(port, '127.0.0.1')
  sockets.add(socket)
  const it = { socket, got: '', ended: Promise.resolve() }
  socket.setEncoding('utf8').on('data', (part: string) => {
    it.got += part
  })
  socket.on('error', () => {}) // which is one way to be ended
  it.ended = new Promise((resolve) => socket.on('close', () => resolve()))
  socket.write(text)
  return it
}

/** What is answered to bytes until the connection is ended, or nothing more comes for a while. */
async function answerTo(text: string, ms = 1500): Promise<string> {
  const it = open(text)
  await Promise.race([it.ended, wait(ms, undefined, { ref: false })])
  it.socket.destroy()
  return it.got
}

const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))

const isServed = async (): Promise<void> => assert.equal((await service.fetch('/healthz')).status, 200)

/** What is left in the folders of uploads. */
const leftovers = (): readonly string[] => {
  const folder = join(service.folder, 'uploads')
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((own) => readdirSync(join(folder, own)))
}

describe('bytes that are no good request', () => {
  const CASES: readonly (readonly [what: string, bytes: string, statuses: readonly number[]])[] = [
    [
      'headers of more than 16 KiB',
      `GET /healthz HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`,
      [431],
    ],
    ['an address of more than 16 KiB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, [431]],
    ['garbage', '\u0000\u0001\u0002\r\n\r\n', [400]],
    ['a TLS greeting', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', [400]],
    ['garbage behind a good one', `GET /healthz HTTP/1.1\r\n${HOST}\r\nGARBAGE\r\n\r\n`, [400]],
    [
      'a length and chunks',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'chunks and a length',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'two lengths',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde`,
      [400],
    ],
    [
      'a length that is none',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: +5\r\n\r\nabcde`,
      [400],
    ],
    [
      'chunks under another name',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'chunks with a blank in front',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'a chunk of no size',
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      [400],
    ],
    ['a folded header', `GET /healthz HTTP/1.1\r\n${HOST}X: b\r\n c\r\n\r\n`, [400]],
    ['lines without a carriage return', 'GET /healthz HTTP/1.1\nHost: localhost\n\n', [400]],
    ['two hosts', `GET /v1/runs HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`, [400]],
    ['no host', 'GET /v1/runs HTTP/1.1\r\n\r\n', [400]],
    ['the host of another', 'GET /v1/runs HTTP/1.1\r\nHost: evil.example\r\n\r\n', [403]],
    [
      'the host of another, before an address of ours',
      'GET http://127.0.0.1/v1/runs HTTP/1.1\r\nHost: evil.example\r\n\r\n',
      [403],
    ],
    ['a method that nobody knows', `BREW /healthz HTTP/1.1\r\n${HOST}\r\n`, [400]],
    ['an old version', 'GET /healthz HTTP/1.0\r\n\r\n', [200]],
    ['a tunnel', 'CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', []],
    [
      'an upgrade',
      `GET /healthz HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      [200],
    ],
    ['another expectation', `GET /healthz HTTP/1.1\r\n${HOST}Expect: magic\r\n\r\n`, [417]],
  ]
  for (const [what, bytes, statuses] of CASES)
    it(`are answered with ${statuses.join(', ') || 'nothing'}: ${what}`, async () => {
      const text = await answerTo(bytes)
      // A good request before them may or may not have been answered by then.
      assert.deepEqual(statusesIn(text).slice(-statuses.length || 1), statuses, text.slice(0, 300))
      await isServed()
    })

  it('in the midst of an answer end it, and are not told within it', async () => {
    const it = open(`GET /openapi.json HTTP/1.1\r\n${HOST}\r\n`.repeat(50))
    it.socket.pause()
    it.socket.write('GARBAGE\r\n\r\n')
    it.socket.resume()
    await Promise.race([it.ended, wait(3000, undefined, { ref: false })])
    const place = it.got.indexOf('"no HTTP"')
    if (place >= 0) assert.match(it.got.slice(0, place), /HTTP\/1\.1 400 Refused\r\n[^{]*\{[^{]*$/)
    await isServed()
  })
})

describe('a body over the limit', () => {
  it('is not even sent by a client that asks first', async () => {
    const text = await answerTo(
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n`,
    )
    assert.deepEqual(statusesIn(text), [413])
    assert.match(text, /connection: close/i)
  })

  it('is asked for where it is within the limit', async () => {
    const body = JSON.stringify({ issue: { title: 'x' }, models: ['gpt-5'] })
    const sent = open(
      `POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    )
    await until(() => statusesIn(sent.got).includes(100))
    sent.socket.write(body)
    await until(() => statusesIn(sent.got).includes(201))
    sent.socket.destroy()
  })

  for (const [path, type, most] of [
    ['/v1/estimates', 'application/json', 2 ** 20],
    ['/v1/trajectories', 'application/octet-stream', UPLOAD_BYTES],
  ] as const)
    for (const isTold of [true, false])
      it(`is refused by ${path}, its length ${isTold ? 'told' : 'not told'}, without being read to its end`, async () => {
        const all = 50_000_000
        const { status, sent } = await new Promise<{ status: number; sent: number }>((resolve, reject) => {
          let sent = 0
          const length = isTold ? { 'content-length': all } : {}
          const upload = request(`${service.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': type, ...length },
          })
          upload.on('response', (response) => {
            response.resume()
            resolve({ status: response.statusCode ?? 0, sent })
            upload.destroy()
          })
          upload.on('error', reject)
          const chunk = Buffer.alloc(65_536, 'a')
          const next = (): void => {
            if (upload.destroyed || sent >= all) return
            sent += chunk.length
            upload.write(chunk, () => setImmediate(next))
          }
          next()
        })
        assert.equal(status, 413)
        assert.ok(sent < most + 20_000_000, String(sent))
        await until(() => leftovers().length === 0)
      })
})

describe('who is slow', () => {
  it('is ended in time, with others served all the while', async () => {
    const startMs = performance.now()
    const headers = open('GET /healthz HTTP/1.1\r\nHost: 127.')
    const body = open(`POST /v1/estimates HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 100\r\n\r\n{"issue"`)
    const form = open(
      `POST /sign-in HTTP/1.1\r\n${HOST}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nkey=`,
    )
    const refused = open(`POST /no-such HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 100\r\n\r\n{`)
    const trickle = setInterval(() => {
      for (const { socket } of [body, form, refused]) if (socket.writable) socket.write('x')
      if (headers.socket.writable) headers.socket.write('1')
    }, 500)
    after(() => clearInterval(trickle))
    const all = Promise.all([headers.ended, body.ended, form.ended, refused.ended])
    let isOver = false
    void all.then(() => {
      isOver = true
    })
    while (!isOver && performance.now() - startMs < 25_000) {
      await isServed()
      await wait(100)
    }
    clearInterval(trickle)
    assert.ok(isOver, 'somebody is still there')
    assert.deepEqual(statusesIn(headers.got), [408])
    assert.deepEqual(statusesIn(body.got), [408])
    assert.deepEqual(statusesIn(form.got), [408])
    assert.deepEqual(statusesIn(refused.got), [404])
  })

  it('leaves room for others, and those beyond the limit are turned away', async () => {
    const many = Array.from({ length: 260 }, () => open('GET /healthz HTTP/1.1\r\n'))
    await until(() => many.filter(({ socket }) => socket.closed).length >= 50)
    for (const { socket } of many) socket.destroy()
    await Promise.all(many.map(({ ended }) => ended))
    // A server counts a connection out a little later than its client.
    const deadline = performance.now() + 10_000
    for (;;) {
      const response = await service.fetch('/healthz').catch(() => null)
      if (response?.status === 200) break
      assert.ok(performance.now() < deadline, 'nobody is served')
      await wait(50)
    }
  })
})

describe('an upload that is meant to do harm', () => {
  const send = (body: Buffer, name: string): Promise<Response> =>
    service.fetch(`/v1/trajectories?name=${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(body),
    })

  /** So many times as large when it is unpacked. */
  async function bomb(
    piece: string,
    times: number,
    [before, behind]: readonly [string, string],
  ): Promise<Buffer> {
    const gzip = createGzip({ level: 9 })
    const chunks: Buffer[] = []
    gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
    gzip.write(before)
    for (let i = 0; i < times; i++)
      if (!gzip.write(piece)) await new Promise((resolve) => gzip.once('drain', resolve))
    gzip.end(behind)
    await new Promise((resolve) => gzip.once('end', resolve))
    return Buffer.concat(chunks)
  }

  const LARGE = 'a'.repeat(2 ** 20)
  const LINES = '{"a":1}\n'.repeat(2 ** 17)
  for (const [what, name, piece, around] of [
    ['one text', 'a.json.gz', LARGE, ['{"a":"', '"}']],
    ['one text of a line', 'a.jsonl.gz', LARGE, ['{"a":"', '"}']],
    ['lines', 'a.jsonl.gz', LINES, ['', '']],
    ['brackets', 'a.json.gz', '['.repeat(2 ** 20), ['', '']],
  ] as const)
    it(`is refused where a gigabyte of ${what} is packed into little, while others are served`, async () => {
      const body = await bomb(piece, 1024, around)
      assert.ok(body.length < UPLOAD_BYTES, String(body.length))
      const before = process.memoryUsage().rss
      const startMs = performance.now()
      const sent = send(body, name)
      let isOver = false
      void sent.finally(() => {
        isOver = true
      })
      while (!isOver) {
        await isServed()
        await wait(200)
      }
      const response = await sent
      const text = await response.text()
      assert.equal(response.status, 400, text.slice(0, 300))
      assert.ok(!text.includes(service.folder))
      assert.ok(performance.now() - startMs < 60_000)
      assert.ok(process.memoryUsage().rss - before < 300e6)
      await until(() => leftovers().length === 0)
    })

  it('leaves nothing where it is broken off in the middle', async () => {
    const it = open(
      `POST /v1/trajectories HTTP/1.1\r\n${HOST}Content-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n${'a'.repeat(5000)}`,
    )
    await until(() => leftovers().length === 1)
    it.socket.destroy()
    await until(() => leftovers().length === 0)
    await isServed()
  })

  it('is told to come again where too many are under way', async () => {
    const slow = Array.from({ length: 51 }, () =>
      open(
        `POST /v1/trajectories HTTP/1.1\r\n${HOST}Content-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\na`,
      ),
    )
    await until(() => leftovers().length === 51)
    const refused = await send(Buffer.from('x'), 'a.json')
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    for (const { socket } of slow) socket.destroy()
    await until(() => leftovers().length === 0)
    const taken = await send(gzipSync('{}'), 'a.json.gz')
    assert.equal(taken.status, 400)
  })
})
