export interface ContainerTime {
  readonly timeoutMs: number
  readonly graceMs: number
  /** Asks the command to end; false = it has ended just now. */
  readonly request: () => Promise<boolean>
}

export interface TimeLimit {
  /** Settles when it is to be ended by force. */
  readonly ended: Promise<'force'>
  readonly timedOut: () => boolean
  readonly stopped: () => boolean
  /** Of the watch. */
  readonly end: () => void
}

/** A command is asked to end when its time is up, and has its grace; a signal leaves none. */
export function limitTime({ timeoutMs, graceMs, request }: ContainerTime, signal: AbortSignal): TimeLimit {
  const ended = Promise.withResolvers<'force'>()
  ended.promise.catch(() => {}) // whoever waits for the end is told
  let [timedOut, stopped] = [false, false]
  const force = () => ended.resolve('force')
  const ask = async () => {
    if (!(await request())) return
    timedOut = true
    timer = setTimeout(force, graceMs)
  }
  let timer = setTimeout(() => ask().catch(ended.reject), timeoutMs)
  const stop = () => {
    stopped = true
    force()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return {
    ended: ended.promise,
    timedOut: () => timedOut,
    stopped: () => stopped,
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}
