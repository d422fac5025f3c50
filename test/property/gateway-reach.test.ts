import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { PROVIDERS, type Provider } from '../../src/gateway/endpoint.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { upstreamOf } from '../../src/gateway/upstream/upstream.ts'
import { upstreamSource } from '../../src/gateway/upstream/upstream-source.ts'
import { sayRaw } from '../fixtures/gateway/raw-client.ts'
import { testGateway } from '../fixtures/gateway/test-gateway.ts'

interface Came {
  readonly provider: Provider
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
}

const KEYS: Readonly<Record<Provider, string>> = {
  openai: 'sk-openai-0123456789',
  anthropic: 'sk-anthropic-0123456789',
  gemini: 'AIza-gemini-0123456789',
}
const CLIENT_KEY = 'sk-of-the-client-0123456789'

let came: Came[] = []
const servers: Server[] = []
const hosts = new Map<Provider, string>()
let gateway: Gateway
before(async () => {
  const upstreams = new Map<Provider, ReturnType<typeof upstreamOf>>()
  for (const provider of PROVIDERS) {
    const server = createServer((request, response) => {
      const { method = '', url: path = '', rawHeaders: headers } = request
      came.push({ provider, method, path, headers })
      request.resume()
      response.end('{}')
    })
    await new Promise<void>((started) => server.listen(0, '127.0.0.1', started))
    servers.push(server)
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    hosts.set(provider, host)
    upstreams.set(provider, upstreamOf(provider, { baseUrl: `http://${host}/base`, key: KEYS[provider] }))
  }
  const source = upstreamSource(upstreams, { silenceMs: 5000, plainReplies: false })
  gateway = await testGateway('http://127.0.0.1:9', { source: { ...source, listen: () => null } })
})
after(async () => {
  await gateway.close()
  for (const server of servers) server.close().closeAllConnections()
})

/** Everything that may ever be asked of a provider, without the query. */
const ALLOWED: Readonly<Record<Provider, RegExp>> = {
  openai:
    /^(?:POST \/base\/(?:chat\/completions|completions|responses|responses\/input_tokens|embeddings)|GET \/base\/models(?:\/[\w@:-][\w.@:-]*)*)$/,
  anthropic:
    /^(?:POST \/base\/v1\/messages(?:\/count_tokens)?|GET \/base\/v1\/models(?:\/[\w@:-][\w.@:-]*)*)$/,
  gemini:
    /^(?:POST \/base\/v1(?:beta|alpha)?\/(?:models|tunedModels)\/[\w-][\w.-]*:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)|GET \/base\/v1beta\/models(?:\/[\w-][\w.-]*)?)$/,
}
const CREDENTIAL: Readonly<Record<Provider, readonly [string, string]>> = {
  openai: ['authorization', `Bearer ${KEYS.openai}`],
  anthropic: ['x-api-key', KEYS.anthropic],
  gemini: ['x-goog-api-key', KEYS.gemini],
}
const CREDENTIALS = [
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'proxy-authorization',
]

function check({ provider, method, path, headers }: Came): void {
  const [route = '', query = ''] = path.split(/\?(.*)/s)
  assert.match(`${method} ${route}`, ALLOWED[provider])
  assert.doesNotMatch(decodeURIComponentSafely(query), /(?:^|[?&;])(?:key|api_key|access_token)=/i)
  const pairs = headers.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), headers[i + 1] ?? ''] as const] : [],
  )
  const of = (names: readonly string[]) => pairs.filter(([name]) => names.includes(name))
  assert.deepEqual(of(CREDENTIALS), [CREDENTIAL[provider]])
  assert.deepEqual(of(['host']), [['host', hosts.get(provider)]])
  assert.deepEqual(of(['x-http-method-override', 'x-forwarded-host', 'upgrade', 'transfer-encoding']), [])
  assert.doesNotMatch(JSON.stringify([path, headers]), /ftk_/)
  assert.doesNotMatch(JSON.stringify(headers), /sk-of-the-client/)
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // no valid encoding: as it stands
  }
}

const routes = fc.constantFrom(
  'POST /v1/chat/completions',
  'POST /chat/completions',
  'POST /v1/responses',
  'POST /v1/embeddings',
  'POST /v1/messages',
  'POST /v1/messages/count_tokens',
  'POST /v1beta/models/gemini-2.5-pro:generateContent',
  'POST /v1beta/models/gemini-2.5-pro:streamGenerateContent',
  'GET /v1/models',
  'GET /v1/models/a/b',
  'GET /v1beta/models/a',
)
const pieces = fc.constantFrom(
  ...[
    '..',
    '/',
    '//',
    '/../',
    '/./',
    '%2e%2e',
    '%2f',
    '\\',
    '?',
    '#',
    '@',
    ';',
    ':',
    '%00',
    '%0d%0a',
    '%',
    '&',
    '=',
  ],
  ...[
    'key=K&',
    '%6bey=K&',
    '?key=K',
    'files',
    'http://other.test/',
    '/foretoken/runs',
    '/run/',
    'é',
    'ÿ',
    ' ',
  ],
)
const changes = fc.oneof(
  fc.constant([]),
  fc.array(fc.tuple(fc.nat(), pieces), { maxLength: 3 }),
  fc.array(fc.tuple(fc.constant(Number.MAX_SAFE_INTEGER), pieces), { maxLength: 3 }),
)
const methods = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'),
  },
)
const headerLines = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...CREDENTIALS.map((name) => `${name}: ${CLIENT_KEY}`),
      ...CREDENTIALS.map((name) => `${name.toUpperCase()}: Bearer KEY`),
      ...['X-HTTP-Method-Override: DELETE', 'X-Forwarded-Host: other.test', 'Forwarded: host=other.test'],
      ...[
        'X-Original-URL: /v1/files',
        'anthropic-version: 2023-06-01',
        'X-Other: KEY',
        'Expect: 100-continue',
      ],
      ...['Upgrade: h2c', 'Connection: upgrade', 'Connection: host, content-length', 'TE: trailers'],
    ),
    fc.constantFrom(...CREDENTIALS, 'host', 'content-type').map((name) => `Connection: ${name}`),
  ),
  { maxLength: 4 },
)
const placements = fc.constantFrom('path', 'authorization', 'x-api-key')

describe('what a gateway passes on', () => {
  it('is one of what it lists, to the right provider with its own key, whatever a client makes of path and headers', async () => {
    const run = gateway.openRun()
    let passed = 0
    await fc.assert(
      fc.asyncProperty(
        routes,
        changes,
        methods,
        headerLines,
        placements,
        fc.boolean(),
        async (route, edits, method, lines, place, isAsked) => {
          const [own = '', path = ''] = route.split(' ')
          const start = `${place === 'path' ? `/run/${run.key}` : ''}${path}${isAsked ? '?a=1&' : ''}`
          const target = edits.reduce((now, [at, piece]) => {
            const cut = at === Number.MAX_SAFE_INTEGER ? now.length : at % (now.length + 1)
            return now.slice(0, cut) + piece + now.slice(cut)
          }, start)
          const secret = (text: string) => text.replaceAll('KEY', run.key).replace('K&', `${CLIENT_KEY}&`)
          const keyed =
            place === 'path' ? [] : [`${place}: ${place === 'authorization' ? 'Bearer ' : ''}${run.key}`]
          const body = (method ?? own) === 'GET' ? '' : '{"model":"m","messages":[],"input":[],"contents":[]}'
          const text = [
            `${method ?? own} ${secret(target)} HTTP/1.1`,
            'Host: gateway',
            'Connection: close',
            ...keyed,
            ...lines.map(secret),
            `Content-Length: ${body.length}`,
            '',
            body,
          ].join('\r\n')
          came = []
          await sayRaw(gateway.url, text)
          came.forEach(check)
          assert.ok(came.length <= 1)
          passed += came.length
        },
      ),
      { numRuns: 600 },
    )
    assert.ok(passed > 100, `only ${passed} requests were passed on`)
  })
})
