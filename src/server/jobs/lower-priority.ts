import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lets a process give way to everything else. On Linux a priority is that of one thread, and of those it starts later: all
 * that there are get it. Where the system forbids it, the process goes on as it is: slower for others, not wrong.
 */
export function lowerPriority(pid: number): void {
  lower(pid)
  if (process.platform !== 'linux') return
  for (const thread of threadsOf(pid)) lower(thread)
  takeWhatIsIdle(pid)
}

/**
 * A processor on which the lowest priority runs is busy for the scheduler: who is woken queues up elsewhere. One with
 * nothing but SCHED_IDLE on it is as good as free (sched(7)). Node cannot set that; util-linux can, where it is there.
 */
function takeWhatIsIdle(pid: number): void {
  const chrt = spawn('chrt', ['--all-tasks', '--idle', '--pid', '0', String(pid)], { stdio: 'ignore' })
  chrt.on('error', () => {}) // it is not there
  chrt.unref()
}

function lower(id: number): void {
  try {
    setPriority(id, constants.priority.PRIORITY_LOW)
  } catch (error) {
    if (!isExpected(error)) throw error
  }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [] // it has ended, or /proc is not there
    throw error
  }
}

/** It has ended already, or the system forbids it. */
const isExpected = (error: unknown): boolean =>
  error instanceof Error && 'info' in error && /ESRCH|EPERM|EACCES/.test(JSON.stringify(error.info))
