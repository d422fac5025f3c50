import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { dropBody } from '../upstream/drop-body.ts'

/** How a reply ended on its way to the client; `aborted` = by the signal, which knows why. */
export type RelayEnd = 'whole' | 'client-stuck' | 'upstream-lost' | 'upstream-silent' | 'aborted'

export interface RelayOptions {
  /** The bytes that the client gets for these; it may keep some back. Called before the client gets them. */
  readonly through: (bytes: Uint8Array) => Uint8Array
  /** So long may the provider say nothing, or the client take nothing. */
  readonly silenceMs: number
  /** Ends the relay: the client went away, or may have no more. */
  readonly signal: AbortSignal
  /** Whether the end of the reply is a true one. */
  readonly isWhole: () => boolean
  /** Called with the last bytes, so that what the client gets then goes out together with them. */
  readonly onEnd: (how: RelayEnd) => void
}

/**
 * Passes the bytes of a reply on as they come, no faster than the client takes them. Leaves the client open.
 * @throws what `through` and `onEnd` throw
 */
export function relay(reply: Readable, client: ServerResponse, options: RelayOptions): Promise<void> {
  const { through, silenceMs, signal, isWhole } = options
  return new Promise((resolve, reject) => {
    let isPaused = false
    let batch: Uint8Array[] = []
    const leave = (): void => {
      clearTimeout(silence)
      signal.removeEventListener('abort', onAbort)
      client.off('drain', onDrain)
      reply.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost)
    }
    const attempt = (what: () => void): void => {
      try {
        what()
      } catch (error) {
        leave()
        dropBody(reply)
        reject(error)
      }
    }
    const end = (how: RelayEnd): void => {
      leave()
      if (how !== 'whole') dropBody(reply)
      attempt(() => {
        pass()
        options.onEnd(how)
        resolve()
      })
    }
    const silence = setTimeout(() => end(isPaused ? 'client-stuck' : 'upstream-silent'), silenceMs)
    const onAbort = (): void => end('aborted')
    const onLost = (): void => end('upstream-lost')
    const onEnd = (): void => end(isWhole() ? 'whole' : 'upstream-lost')
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
      if (out.length === 0 || client.write(out)) return
      isPaused = true
      reply.pause()
    }
    const onData = (bytes: Uint8Array): void => {
      if (batch.push(bytes) > 1) return
      silence.refresh()
      process.nextTick(attempt, pass)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    client.on('drain', onDrain)
    reply.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost)
    if (signal.aborted) onAbort()
  })
}
