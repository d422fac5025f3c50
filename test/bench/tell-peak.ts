/**
 * Preloaded into the program: at its end it tells its peak memory in KiB. On Linux that is VmHWM, since what getrusage(2)
 * says includes what the parent held when it made the process.
 */
export const TELL_PEAK = `data:text/javascript,${encodeURIComponent(`
import { existsSync, readFileSync, writeSync } from 'node:fs'
const status = '/proc/self/status'
process.on('exit', () => {
  const peak = existsSync(status) ? /VmHWM:\\s+(\\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  writeSync(3, String(peak ?? process.resourceUsage().maxRSS))
})`)}`
