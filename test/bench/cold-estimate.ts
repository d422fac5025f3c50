import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROGRAM, runNode } from './child.ts'
import { type Finding, findingOf } from './finding.ts'
import type { BenchRepository } from './repository.ts'
import { sampleIssue } from './sample-issue.ts'
import { temporaryFolder } from './temporary.ts'

const ROUNDS = 5

/**
 * Preloaded into the program: at its end it tells its peak memory in KiB. On Linux that is VmHWM, since what getrusage(2)
 * says includes what the parent held when it made the process.
 */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(`
import { existsSync, readFileSync, writeSync } from 'node:fs'
const status = '/proc/self/status'
process.on('exit', () => {
  const peak = existsSync(status) ? /VmHWM:\\s+(\\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  writeSync(3, String(peak ?? process.resourceUsage().maxRSS))
})`)}`

/** The whole program estimating an issue in a repository it has never seen. */
export async function coldEstimate(open: () => BenchRepository): Promise<readonly Finding[]> {
  const { path, next, what } = open()
  const folder = temporaryFolder()
  const { title, body } = sampleIssue(3000, 2)
  writeFileSync(join(folder, 'issue.md'), `# ${title}\n\n${body}\n`)
  const peaks: number[] = []
  const seconds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const asked = ['estimate', 'issue.md', '--repo', path, '--commit', next, '--cache', `cache-${round}`]
    const { ms, side } = await runNode(['--import', TELL_PEAK, PROGRAM, ...asked], folder)
    if (round === 0) continue // the first one compiles the program
    peaks.push((Number(side) * 1024) / 1e6)
    seconds.push(ms / 1000)
  }
  const described = `of a whole process foretoken estimate issue.md --repo, nothing cached (${what})`
  return [
    findingOf(peaks, { unit: 'MB', target: 300, what: `peak memory ${described}, git's own not counted` }),
    findingOf(seconds, { unit: 's', target: null, what: `wall time ${described}` }),
  ]
}
