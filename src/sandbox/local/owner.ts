import { readFileSync, readlinkSync } from 'node:fs'

/** A process by more than its number, which is given again to others. */
export interface Owner {
  readonly pid: number
  /** Clock ticks from the start of the machine to that of the process (proc(5), field 22 of `stat`). */
  readonly startTicks: number
  /** In another namespace the same number is another process. */
  readonly pidNamespace: string
}

/** This process. */
export async function thisOwner(): Promise<Owner> {
  const startTicks = startOf(process.pid)
  if (startTicks === null) throw new Error('this process is not in /proc')
  return { pid: process.pid, startTicks, pidNamespace: readlinkSync('/proc/self/ns/pid') }
}

/** Whether it still runs; of another namespace nobody can tell here, and it is taken to. */
export async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.pidNamespace !== readlinkSync('/proc/self/ns/pid')) return true
  return startOf(owner.pid) === owner.startTicks
}

/** When a process began, in clock ticks from the start of the machine; null = it does not run. */
export function startOf(pid: number): number | null {
  try {
    return parseStart(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // No such process.
    return null
  }
}

/** In the flags of a process (`PF_EXITING`): it does nothing any more but end, and takes what is in its namespace with it. */
const ENDING = 0x4

/**
 * The name of the program stands in brackets and may hold anything, brackets and spaces too; null = it is no more than a zombie,
 * or will be in a moment.
 */
export function parseStart(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, flags, startTicks] = [fields[0], Number(fields[6]), Number(fields[19])]
  return state === 'Z' || state === 'X' || (flags & ENDING) !== 0 ? null : startTicks
}
