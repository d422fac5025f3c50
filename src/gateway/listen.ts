import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KnownError } from '../errors.ts'

/** Where a server listens: a port of an address of this machine, or a socket in the file system. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly socket: string }

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:4000`; of a socket, its path. */
  readonly address: string
  /** Takes no further connection, and ends those that are open. */
  readonly close: () => Promise<void>
}

/** Headers longer than this are no client's. */
const MOST_HEADER_BYTES = 64 * 1024

/** Starts a server. @throws KnownError `bad-setting` where it cannot listen */
export async function listenOn(at: ListenAt, listener: RequestListener): Promise<Listening> {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, noDelay: true, keepAlive: true }, listener)
  // Clients keep connections for longer than Node does, and would meet one that was just closed.
  server.keepAliveTimeout = 75_000
  server.on('checkContinue', (request, response) => {
    response.writeContinue()
    listener(request, response)
  })
  // Another protocol on the same connection is nothing that could be counted.
  server.on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n\r\n'),
  )
  server.on('connect', (_, socket) =>
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n'),
  )
  try {
    if ('socket' in at) server.listen({ path: at.socket, backlog: 1024 })
    else server.listen({ host: at.host, port: at.port, backlog: 1024 })
    await once(server, 'listening')
  } catch (cause) {
    throw cannotListen(at, cause)
  }
  return { address: 'socket' in at ? at.socket : urlOf(server), close: () => end(server) }
}

function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function cannotListen(at: ListenAt, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  const where = 'socket' in at ? at.socket : `${at.host}:${at.port}`
  return new KnownError('bad-setting', `cannot listen on ${where} (${String(cause.code)})`, {
    cause,
    fix: 'name another port with --port, or end what has this one',
  })
}
