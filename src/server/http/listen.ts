import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { KnownError } from '../../errors.ts'
import { waitingFor } from './go-on.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { requestIdOf } from './request-id.ts'

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:4100`. */
  readonly url: string
  /** Takes no further connection, waits for what is being answered, and after `graceMs` ends that too. */
  readonly close: (graceMs: number) => Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0 = any that is free. */
  readonly port: number
  readonly mostConnections: number
}

/** Longer headers are no client's. */
const MOST_HEADER_BYTES = 16 * 1024
const HEADERS_MS = 10_000
/** An upload may take so long; routes that take JSON are stricter. */
const REQUEST_MS = 600_000
const KEEP_ALIVE_MS = 65_000
const CHECK_MS = 2_000
/** While the server ends. */
const IDLE_MS = 50

/** Starts the server. @throws KnownError `bad-setting` where it cannot listen */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<Listening> {
  const answering = new WeakMap<Duplex, ServerResponse>()
  const answer: RequestListener = (request, response) => {
    // Of several, the first is the one whose bytes are on their way.
    const isFirst = answering.get(request.socket)?.writableFinished !== false
    if (isFirst) answering.set(request.socket, response)
    listener(request, response)
  }
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
      noDelay: true,
    },
    answer,
  )
  // Whether the body is wanted is for who reads it to say.
  server.on('checkContinue', waitingFor(answer))
  server.maxConnections = options.mostConnections
  server.on('clientError', (error, socket) => refuse(error, socket, answering.get(socket)))
  try {
    server.listen({ host: options.host, port: options.port, backlog: 1024 })
    await once(server, 'listening')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new KnownError('bad-setting', `cannot listen on ${options.host}:${options.port} (${code})`, {
      cause,
      fix: 'name another port with --port, or end what has this one',
    })
  }
  return { url: urlOf(server), close: (graceMs) => end(server, graceMs) }
}

const REASONS: Readonly<Record<string, readonly [number, KnownError]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    new KnownError('request-malformed', `headers of more than ${MOST_HEADER_BYTES} bytes`),
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, new KnownError('request-timeout', 'the request was not here in time')],
}

/** Tells what is no request why it is refused, as far as it listens; in the midst of an answer there is no place for it. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex, response: ServerResponse | undefined): void {
  const isMidst = response?.headersSent === true && !response.writableFinished
  if (error.code === 'ECONNRESET' || !socket.writable || isMidst) return void socket.destroy()
  const [status, known] = REASONS[error.code ?? ''] ?? [400, new KnownError('request-malformed', 'no HTTP')]
  const requestId = requestIdOf(undefined)
  const body = JSON.stringify({ ...problemOf(known, requestId), status })
  const head = [
    `HTTP/1.1 ${status} Refused`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Request-Id: ${requestId}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`
}

async function end(server: Server, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection whose answer has been given becomes idle later.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS)
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await ended
  clearInterval(idle)
  clearTimeout(timer)
}
