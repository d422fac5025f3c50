import type { ChildProcess } from 'node:child_process'
import { type Cgroup, killAll, terminate } from './cgroup.ts'

export interface TimeLimit {
  readonly group: Cgroup
  /** It has to outlive what it watches, to tell how that ended. */
  readonly watcher: ChildProcess
  readonly timeoutMs: number
  readonly graceMs: number
}

export interface Watch {
  readonly timedOut: () => boolean
  readonly stopped: () => boolean
  /** Time is up, or the run was stopped: nothing is to be begun any more. */
  readonly ending: AbortSignal
  /** Settles only where the group cannot be ended: it then rejects. */
  readonly failed: Promise<never>
  /** Ends all of it at once. */
  readonly kill: () => void
  /** The watch, not the group. */
  readonly end: () => void
}

/** Ends a group in time: it is asked to, has its grace, then all of it is killed. A signal leaves no grace. */
export function endInTime({ group, watcher, timeoutMs, graceMs }: TimeLimit, signal: AbortSignal): Watch {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {}) // whoever waits for the end is told
  const kill = () => {
    // It may not have joined the group yet, and nothing else would end it then.
    watcher.kill('SIGKILL')
    killAll(group).catch(failed.reject)
  }
  const ending = new AbortController()
  let [timedOut, stopped] = [false, false]
  let timer = setTimeout(() => {
    timedOut = true
    ending.abort()
    timer = setTimeout(kill, graceMs)
    terminate(group, watcher.pid === undefined ? [] : [watcher.pid]).catch(failed.reject)
  }, timeoutMs)
  const stop = () => {
    stopped = true
    ending.abort()
    kill()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return {
    timedOut: () => timedOut,
    stopped: () => stopped,
    ending: ending.signal,
    failed: failed.promise,
    kill,
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}
