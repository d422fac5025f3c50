/**
 * A provider that always says the same, in a process of its own: `upstream.ts` prints its address. The model that is
 * asked for says how: `paced` sends a chunk each 10 ms, each with the moment it was sent, as fast models do; `burst` all
 * at once; `open` one chunk, and the rest when the request is aborted, which is never.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

const CHUNKS = 60
const EVERY_MS = 10
/** As long as what a model says in one. */
const WORDS = 'the quick brown fox jumps over'

const head = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
}

const event = (rest: object): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-CEyPq1cUbZzYTbNqL2xVvnBm3wT5q',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'gpt-5',
    service_tier: 'default',
    system_fingerprint: null,
    ...rest,
  })}\n\n`

const nowMs = (): number => performance.timeOrigin + performance.now()
const chunk = (content: string): string =>
  event({ choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }], usage: null })
const END = [
  event({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }], usage: null }),
  event({ choices: [], usage: { prompt_tokens: 2400, completion_tokens: 120, total_tokens: 2520 } }),
  'data: [DONE]\n\n',
].join('')

function paced(response: ServerResponse): void {
  head(response)
  let left = CHUNKS
  const timer = setInterval(() => {
    if (left-- > 0) response.write(chunk(`${WORDS} @${nowMs()}@`))
    else {
      clearInterval(timer)
      response.end(END)
    }
  }, EVERY_MS)
  response.on('close', () => clearInterval(timer))
}

const BURST = Array.from({ length: CHUNKS }, () => chunk(WORDS))

function burst(response: ServerResponse): void {
  head(response)
  for (const text of BURST) response.write(text)
  response.end(END)
}

function open(response: ServerResponse): void {
  head(response)
  response.write(chunk(WORDS))
}

const SAYS: Readonly<Record<string, (response: ServerResponse) => void>> = { paced, burst, open }

const server = createServer(async (request, response) => {
  const asked = request.method === 'POST' ? ((await json(request)) as { readonly model: string }) : null
  const say = SAYS[asked?.model.replace(/^.*\//, '') ?? '']
  if (say === undefined) response.writeHead(404).end('{}')
  else say(response)
})
server.keepAliveTimeout = 60_000
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
