import { constants, setPriority } from 'node:os'

/**
 * Whoever waits for a reply goes before whoever waits for a forecast. On Linux a priority is that of the thread that sets
 * it and of the processes that it starts; elsewhere it would be that of the whole service.
 */
export function giveWay(): void {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
}
