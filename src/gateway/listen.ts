import { once } from 'node:events'
import { chmodSync, linkSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'

/**
 * Where a server listens: a port of an address of this machine, or a socket in the file system. Only its owner can connect
 * to a socket, until who opened it gives it away.
 */
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
  const options = { maxHeaderSize: MOST_HEADER_BYTES, noDelay: true, keepAlive: true }
  // Another protocol that is offered may be declined, and is: nothing in it could be counted.
  const server = createServer(options, (request, response) => {
    if (isWebSocket(request)) response.writeHead(426, { upgrade: 'HTTP/1.1', connection: 'upgrade' }).end()
    else listener(request, response)
  })
  // Clients keep connections for longer than Node does, and would meet one that was just closed.
  server.keepAliveTimeout = 75_000
  try {
    if ('socket' in at) await listenAtSocket(server, at.socket)
    else server.listen({ host: at.host, port: at.port, backlog: 1024 })
    if (!server.listening) await once(server, 'listening')
  } catch (cause) {
    throw cannotListen(at, cause)
  }
  if (!('socket' in at)) return { address: urlOf(server), close: () => end(server) }
  const own = statSync(at.socket).ino
  const close = async (): Promise<void> => {
    await end(server)
    if (statSync(at.socket, { throwIfNoEntry: false })?.ino === own) rmSync(at.socket, { force: true })
  }
  return { address: at.socket, close }
}

/** A client that insists on a socket for messages has to be told; it then asks in the plain way. */
const isWebSocket = ({ headers }: IncomingMessage): boolean => /\bwebsocket\b/i.test(headers.upgrade ?? '')

/** The system takes no longer path of a socket. */
const MOST_SOCKET_BYTES = 107

/**
 * Never takes the socket of a server that lives, and never takes a file away that is none. It is made in a folder that nobody
 * else can enter and is given its name with its rights, so that there is no moment at which others could connect: the mask of
 * the process, which would do the same, is that of all its threads, and would close what they make meanwhile.
 */
async function listenAtSocket(server: Server, path: string): Promise<void> {
  if (isSocketFile(path) && !(await isAnswered(path))) rmSync(path, { force: true })
  if (Buffer.byteLength(path) > MOST_SOCKET_BYTES) throw failure('ENAMETOOLONG')
  const folder = mkdtempSync(join(dirname(path), '.'))
  try {
    const draft = join(folder, 's')
    server.listen({ path: draft, backlog: 1024 })
    if (!server.listening) await once(server, 'listening')
    chmodSync(draft, 0o600)
    linkSync(draft, path)
  } catch (error) {
    server.close()
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? failure('EADDRINUSE') : error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const failure = (code: string): Error => Object.assign(new Error(code), { code })

const isSocketFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() === true

/** Whether somebody listens; a process that was killed leaves its socket behind. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', (error) => resolve(!('code' in error && error.code === 'ECONNREFUSED')))
  })
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
