import { KnownError } from '../../errors.ts'

/** Lets so many work at once; the others wait in line, so many of them. */
export class Slots {
  readonly #most: number
  readonly #mostWaiting: number
  readonly #line = new Set<() => void>()
  #taken = 0

  constructor(most: number, mostWaiting: number) {
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** @throws KnownError `service-busy` when the line is full; the signal's reason; what `work` throws */
  async use<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    signal.throwIfAborted()
    if (this.#taken < this.#most) this.#taken++
    else await this.#wait(signal)
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      this.#pass()
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    if (this.#line.size >= this.#mostWaiting)
      throw new KnownError('service-busy', `${this.#line.size} repositories wait to be fetched`)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      this.#line.delete(resolve)
      reject(signal.reason)
    }
    this.#line.add(resolve)
    signal.addEventListener('abort', leave, { once: true })
    await promise.finally(() => signal.removeEventListener('abort', leave))
  }

  /** Hands the place to the first in line. */
  #pass(): void {
    const [next] = this.#line
    if (next === undefined) {
      this.#taken--
      return
    }
    this.#line.delete(next)
    next()
  }
}
