import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

/** How a reply ended on its way to the client. */
export type RelayEnd = 'whole' | 'client-gone' | 'upstream-lost' | 'upstream-silent' | 'cut'

export interface RelayOptions {
  /** The bytes that the client gets for these; it may keep some back. Called before the client gets them. */
  readonly through: (bytes: Uint8Array) => Uint8Array
  /** So long may the provider say nothing, or the client take nothing. */
  readonly silenceMs: number
  /** Ends the relay as `cut`. */
  readonly signal: AbortSignal
  /** Whether the end of the reply is a true one. */
  readonly isWhole: () => boolean
}

/** Passes the bytes of a reply on as they come, no faster than the client takes them. Leaves the client open. */
export function relay(reply: Readable, client: ServerResponse, options: RelayOptions): Promise<RelayEnd> {
  const { through, silenceMs, signal, isWhole } = options
  return new Promise((resolve) => {
    let isPaused = false
    let batch: Uint8Array[] = []
    const end = (how: RelayEnd): void => {
      clearTimeout(silence)
      signal.removeEventListener('abort', onAbort)
      client.off('close', onClose).off('drain', onDrain)
      reply.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost)
      if (how !== 'whole') {
        reply.on('error', () => {}) // it is told already how this ended
        reply.destroy()
      }
      resolve(how)
    }
    const silence = setTimeout(() => end(isPaused ? 'client-gone' : 'upstream-silent'), silenceMs)
    const onAbort = (): void => end('cut')
    const onClose = (): void => end('client-gone')
    const onLost = (): void => {
      pass()
      end('upstream-lost')
    }
    const onEnd = (): void => {
      pass()
      end(isWhole() ? 'whole' : 'upstream-lost')
    }
    const onDrain = (): void => {
      isPaused = false
      silence.refresh()
      reply.resume()
    }
    // What came together goes on together: pieces that a provider wrote one by one cost as much as one.
    const pass = (): void => {
      if (batch.length === 0) return
      const bytes = batch.length === 1 ? (batch[0] as Uint8Array) : Buffer.concat(batch)
      batch = []
      const out = through(bytes)
      if (out.length > 0 && !client.write(out)) {
        isPaused = true
        reply.pause()
      }
    }
    const onData = (bytes: Uint8Array): void => {
      silence.refresh()
      if (batch.push(bytes) === 1) process.nextTick(pass)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    client.on('close', onClose).on('drain', onDrain)
    reply.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost)
    if (signal.aborted) onAbort()
    else if (client.destroyed) onClose()
  })
}
