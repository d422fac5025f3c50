import type { RecordedReply } from './cassette-file.ts'

/** When the pieces of a reply come: as they came, or at once. */
export type Latency = 'recorded' | 'none'

/** Time, in ms of any origin. */
export interface Clock {
  readonly now: () => number
  /** Rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface PlayOptions {
  readonly latency: Latency
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** The connection broke here when it was recorded: it is to be broken here again, not ended. */
export class RecordedCut extends Error {
  override readonly name = 'RecordedCut'
}

/**
 * The body of a recorded reply, piece by piece. Waits are until moments, not for times: what a timer oversleeps does
 * not add up. @throws RecordedCut after the last piece of a reply that was cut off
 */
export async function* playChunks(
  reply: RecordedReply,
  { latency, signal, clock }: PlayOptions,
): AsyncGenerator<Uint8Array> {
  let dueMs = clock.now()
  const wait = async (delayMs: number): Promise<void> => {
    signal.throwIfAborted()
    dueMs += delayMs
    const leftMs = dueMs - clock.now()
    if (latency === 'recorded' && leftMs > 0) await clock.sleep(leftMs, signal)
  }
  for (const [delayMs, text] of reply.chunks) {
    await wait(delayMs)
    yield Buffer.from(text, reply.encoding)
  }
  await wait(reply.endDelayMs)
  if (reply.ending === 'cut') throw new RecordedCut('the recorded connection broke here')
}
