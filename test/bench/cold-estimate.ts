import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROGRAM, runNode } from './child.ts'
import { type Finding, findingOf } from './finding.ts'
import type { BenchRepository } from './repository.ts'
import { sampleIssue } from './sample-issue.ts'
import { TELL_PEAK } from './tell-peak.ts'
import { temporaryFolder } from './temporary.ts'

const ROUNDS = 5

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
