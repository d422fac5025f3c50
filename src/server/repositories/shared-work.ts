/** Work that is asked for by many at once and done once. It is ended when nobody waits for it any more. */
export class SharedWork<Value> {
  readonly #running = new Map<string, Running<Value>>()
  /** With those that nobody waits for and that are ending. */
  readonly #live = new Set<Running<Value>>()

  /** Waits for the work of this key, which is begun where it is not under way; the caller may leave. */
  async join(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    signal.throwIfAborted()
    const running = this.#running.get(key) ?? this.#begin(key, work)
    running.waiting++
    const left = Promise.withResolvers<never>()
    const leave = () => left.reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([running.done, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
      if (--running.waiting === 0) this.#end(key, running, signal.reason)
    }
  }

  /** Ends all, and waits until it has ended. */
  async close(reason: unknown): Promise<void> {
    const all = [...this.#live]
    for (const { controller } of all) controller.abort(reason)
    await Promise.allSettled(all.map(({ done }) => done))
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<Value>): Running<Value> {
    const controller = new AbortController()
    const running: Running<Value> = { controller, done: work(controller.signal), waiting: 0 }
    this.#running.set(key, running)
    this.#live.add(running)
    const forget = () => {
      this.#live.delete(running)
      this.#forget(key, running)
    }
    running.done.then(forget, forget)
    return running
  }

  /** Who asks next begins anew: this work may be ending. */
  #end(key: string, running: Running<Value>, reason: unknown): void {
    running.controller.abort(reason)
    this.#forget(key, running)
  }

  #forget(key: string, running: Running<Value>): void {
    if (this.#running.get(key) === running) this.#running.delete(key)
  }
}

interface Running<Value> {
  readonly controller: AbortController
  readonly done: Promise<Value>
  waiting: number
}
