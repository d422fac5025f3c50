import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { cassetteWriter } from '../../src/gateway/cassette/cassette-writer.ts'
import { redactor } from '../../src/gateway/cassette/redactor.ts'
import { recordingSource } from '../../src/gateway/cassette-source.ts'
import { PROVIDERS } from '../../src/gateway/endpoint.ts'
import { openRecorder } from '../../src/gateway/records/recorder.ts'
import { upstreamOf } from '../../src/gateway/upstream/upstream.ts'
import { upstreamSource } from '../../src/gateway/upstream/upstream-source.ts'
import { QUESTIONS } from '../fixtures/gateway/same-question.ts'
import { PROVIDER_KEY } from '../fixtures/gateway/test-gateway.ts'
import { watchedGateway } from '../fixtures/gateway/watched-gateway.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

/** The ways in which a provider can tell the key that it got. */
const ECHOES: readonly ((key: string, response: ServerResponse) => void)[] = [
  (key, response) =>
    response.writeHead(401).end(`{"error":{"message":"Incorrect API key provided: ${key}."}}`),
  (key, response) => response.writeHead(403, { 'x-key': key, 'x-other': `your key ${key}` }).end('{}'),
  (key, response) => {
    response.writeHead(500)
    response.write(`{"error":"${key.slice(0, 9)}`)
    setImmediate(() => response.end(`${key.slice(9)}${key} ${key.slice(0, -1)}"}`))
  },
  (key, response) =>
    response.writeHead(400, { 'content-encoding': 'gzip' }).end(gzipSync(`{"error":"not ${key}"}`)),
  (key, response) => response.writeHead(400, { 'content-encoding': 'br' }).end(`no brotli: ${key}`),
  (key, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: {"id":"${key}","choices":[]}\n\n`)
    setImmediate(() => response.destroy())
  },
  (key, response) => response.writeHead(200).end(`{"model":"${key}","choices":[]}`),
  (_, response) => response.destroy(),
]

const keyOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization).replace('Bearer ', '')

async function echoingUpstream(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => ECHOES[Number(request.headers['x-echo'] ?? 0)]?.(keyOf(request), response))
  })
  await new Promise<void>((started) => server.listen(0, '127.0.0.1', started))
  after(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A secret as it may stand in a text: as it is, in base64 at any place, in a URL, in JSON. */
function formsOf(secret: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((before) =>
    Buffer.from(`${'x'.repeat(before)}${secret}`)
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  )
  return [secret, encodeURIComponent(secret), ...inBase64]
}

function holdsNone(where: string, text: string, secrets: readonly string[]): void {
  for (const form of secrets.flatMap(formsOf)) assert.ok(!text.includes(form), `${where} holds ${form}`)
}

describe('the key of a provider', () => {
  it('is not told to a client by any echo of it, and every other byte is', async () => {
    const { run, gateway, ask, ended } = await watchedGateway(await echoingUpstream())
    after(gateway.close)
    const texts: string[] = []
    for (const [number] of ECHOES.entries()) {
      const reply = await ask('openai-chat', true, { headers: { 'x-echo': String(number) } })
      const headers = JSON.stringify([...reply.headers])
      texts.push(headers + (await reply.text().catch(() => '')))
      await ended(number)
    }
    for (const text of texts) holdsNone('a reply', text, [PROVIDER_KEY])
    const stars = '*'.repeat(PROVIDER_KEY.length)
    assert.ok(texts[0]?.endsWith(`{"error":{"message":"Incorrect API key provided: ${stars}."}}`))
    assert.ok(texts[2]?.endsWith(`{"error":"${stars}${stars} ${PROVIDER_KEY.slice(0, -1)}"}`))
    assert.ok(texts[3]?.endsWith(`{"error":"not ${stars}"}`))
    assert.match(texts[4] ?? '', /cannot be read/)
    assert.equal(run.exchanges().length, ECHOES.length)
  })

  it('is in nothing that is kept or told, and neither is the key of a run', async () => {
    const folder = temporaryFolder()
    const upstream = await echoingUpstream()
    const messages: string[] = []
    const onTrouble = (message: string): void => void messages.push(message)
    const upstreams = new Map(
      PROVIDERS.map((each) => [each, upstreamOf(each, { baseUrl: `${upstream}/v1`, key: PROVIDER_KEY })]),
    )
    const writer = await cassetteWriter(join(folder, 'run.jsonl'), {
      recordedAt: '2026-01-31',
      replace: false,
    })
    const redact = redactor([PROVIDER_KEY])
    const providers = upstreamSource(upstreams, { silenceMs: 2000, plainReplies: true })
    const recorder = await openRecorder({
      database: join(folder, 'foretoken.db'),
      journals: join(folder, 'gateway'),
      prices: { file: null, cwd: folder },
      nowMs: Date.now(),
      onTrouble,
    })
    const watched = await watchedGateway(upstream, {
      source: recordingSource(providers, { writer, redact }, onTrouble),
      recorder,
    })
    const { run, gateway, events, ended, ask } = watched
    const secrets = [PROVIDER_KEY, run.key]
    const searched = (): number => {
      const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((file) => file.isFile())
      for (const file of files) {
        holdsNone(file.name, readFileSync(join(file.parentPath, file.name)).toString('latin1'), secrets)
      }
      return files.length
    }
    try {
      let number = 0
      for (const dialect of ['openai-chat', 'anthropic-messages', 'gemini'] as const) {
        for (const [echo] of ECHOES.entries()) {
          const headers = { authorization: `Bearer ${run.key}`, 'x-api-key': run.key, 'x-echo': String(echo) }
          await ask(dialect, number % 2 === 0, { headers })
            .then((reply) => reply.text())
            .catch(() => '')
          await ended(number++)
        }
      }
      const [path, body] = QUESTIONS.gemini(false)
      const asked = { method: 'POST', body: JSON.stringify(body) }
      await fetch(`${run.baseUrl}${path}?key=${run.key}`, asked).then((reply) => reply.text())
      await fetch(`${run.baseUrl}/v1/none?key=${run.key}`, asked)
      await fetch(`${gateway.url}/run/${run.key}x/v1/none`, asked)
      assert.ok(searched() >= 3)
    } finally {
      await gateway.close()
      await writer.close()
    }
    assert.ok(searched() >= 2)
    assert.ok(readFileSync(join(folder, 'run.jsonl'), 'utf8').split('\n').length > ECHOES.length)
    holdsNone('a message', messages.join('\n'), secrets)
    const told = events.map((event) => ({ ...event, run: 'run' in event ? event.run.meta : null }))
    holdsNone('an event', JSON.stringify(told), secrets)
  })
})
