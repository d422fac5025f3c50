import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lets a process give way to everything else. On Linux a priority is that of one thread, and of those it starts later: all
 * that there are get it. Where the system forbids it, the process goes on as it is: slower for others, not wrong.
 */
export function lowerPriority(pid: number): void {
  lower(pid)
  if (process.platform === 'linux') for (const thread of threadsOf(pid)) lower(thread)
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
