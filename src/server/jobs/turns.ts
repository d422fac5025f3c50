import { KnownError } from '../../errors.ts'

/** So many at once, and so many that wait; the others are told to come back. */
export interface Turns {
  /** Waits for its turn, and gives what ends it. @throws KnownError `queue-full`; the reason of the signal */
  readonly take: (signal: AbortSignal) => Promise<() => void>
  readonly waiting: () => number
}

export function turns({
  atOnce,
  mostWaiting,
}: {
  readonly atOnce: number
  readonly mostWaiting: number
}): Turns {
  const waiting: (() => void)[] = []
  let taken = 0
  const release = (): void => {
    const next = waiting.shift()
    if (next === undefined) taken--
    else next()
  }
  const onlyOnce = (): (() => void) => {
    let isDone = false
    return () => {
      if (!isDone) release()
      isDone = true
    }
  }
  return {
    waiting: () => waiting.length,
    async take(signal) {
      signal.throwIfAborted()
      if (taken < atOnce) {
        taken++
        return onlyOnce()
      }
      if (waiting.length >= mostWaiting) throw new KnownError('queue-full', `${waiting.length} wait already`)
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = (): void => {
          waiting.splice(waiting.indexOf(go), 1)
          reject(signal.reason)
        }
        waiting.push(go)
        signal.addEventListener('abort', leave, { once: true })
      })
      return onlyOnce()
    },
  }
}
