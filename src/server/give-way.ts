import { constants, setPriority } from 'node:os'

/**
 * Whoever waits for a reply goes before whoever waits for a forecast. On Linux a priority is that of the thread that sets
 * it and of the processes that it starts; elsewhere it would be that of the whole service.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch (error) {
    // Some sandboxes forbid it: others then wait longer, and every forecast is as it was.
    if (!isForbidden(error)) throw error
  }
}

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR'
