import type { Socket } from 'node:net'

const listeners = new WeakMap<Socket, Set<() => void>>()

/**
 * Tells when a client goes away. Its response does not, while it waits for its turn behind others of the connection. One
 * listener serves all requests of a connection. @returns what ends the waiting
 */
export function onDisconnect(socket: Socket, listener: () => void): () => void {
  if (socket.destroyed) listener()
  const waiting = listeners.get(socket) ?? waitingAt(socket)
  waiting.add(listener)
  return () => waiting.delete(listener)
}

function waitingAt(socket: Socket): Set<() => void> {
  const waiting = new Set<() => void>()
  listeners.set(socket, waiting)
  socket.once('close', () => {
    for (const listener of waiting) listener()
  })
  return waiting
}
