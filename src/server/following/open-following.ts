import { Worker } from 'node:worker_threads'
import type { FollowedBundle } from '../../store/read-followed-runs.ts'
import type { Followed, FollowingStart, FromFollowing, ToFollowing } from './following-messages.ts'

/**
 * Follows the runs of the store in a thread of its own: however many there are, no request waits for them. Runs come from
 * imports, agents and other programs that write into the same store; all are seen.
 */
export interface Following {
  /** Looks at once, and from now on at forecasts of this bundle; resolves when the news are told. */
  readonly look: (bundle: FollowedBundle) => Promise<void>
  readonly close: () => Promise<void>
}

export interface FollowingOptions extends FollowingStart {
  readonly onNews: (followed: Followed) => void
  readonly onTrouble: (message: string) => void
}

/** Before another thread is started in place of one that has ended. */
const RESTART_MS = 10_000

/** Resolves when what is in the store has been looked at. */
export async function openFollowing(options: FollowingOptions): Promise<Following> {
  const waiting = new Map<number, () => void>()
  let { bundle } = options
  let last = 0
  let isClosed = false
  let restart: NodeJS.Timeout | undefined
  let worker = start()

  function start(): Worker {
    // The program runs from its sources and as it is built.
    const name = `./following-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`
    const { database, everyMs } = options
    const workerData: FollowingStart = { database, everyMs, bundle }
    const fresh = new Worker(new URL(name, import.meta.url), { workerData })
    fresh.on('message', hear)
    fresh.on('error', (error) => options.onTrouble(`the thread that follows runs ended: ${error.message}`))
    fresh.on('exit', ended)
    return fresh
  }

  function hear(message: FromFollowing): void {
    if (message.say === 'news') options.onNews(message.followed)
    else if (message.say === 'trouble') options.onTrouble(message.message)
    else settle(message.number)
  }

  function settle(number: number): void {
    waiting.get(number)?.()
    waiting.delete(number)
  }

  /** Nobody waits for a thread that is gone: forecasts go on with what was known. */
  function ended(): void {
    for (const number of [...waiting.keys()]) settle(number)
    if (isClosed) return
    restart = setTimeout(() => {
      worker = start()
      void look(bundle)
    }, RESTART_MS).unref()
  }

  function look(next: FollowedBundle): Promise<void> {
    bundle = { id: next.id, data: next.data }
    return new Promise((resolve) => {
      waiting.set(++last, resolve)
      const message: ToFollowing = { say: 'look', number: last, bundle }
      worker.postMessage(message)
      if (worker.threadId === -1) settle(last)
    })
  }

  await look(bundle)
  return {
    look,
    async close() {
      isClosed = true
      clearTimeout(restart)
      if (worker.threadId === -1) return
      const gone = new Promise((resolve) => worker.once('exit', resolve))
      const message: ToFollowing = { say: 'close' }
      worker.postMessage(message)
      await gone
    },
  }
}
