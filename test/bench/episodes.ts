import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNode } from './child.ts'
import type { EpisodesRead } from './episodes-once.ts'
import { type Finding, findingOf } from './finding.ts'
import type { ReportStoreMade } from './report-store-once.ts'
import { temporaryFolder } from './temporary.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const
const ROUNDS = 3
const [MAKE, READ] = ['report-store-once.ts', 'episodes-once.ts'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
) as [string, string]

/** For the largest: 250,000 runs a second, and 250 bytes a run. */
const MOST = { s: 4, mb: 250 }

/** Reading stores of made runs as columns: time and memory, and the time for the calls of up to 5,000 of them. */
export async function episodes(): Promise<readonly Finding[]> {
  const folder = temporaryFolder()
  const findings: Finding[] = []
  for (const size of SIZES) {
    const file = join(folder, `${size}.db`)
    const made = JSON.parse((await runNode([MAKE, file, String(size)], folder)).stdout) as ReportStoreMade
    const reads: EpisodesRead[] = []
    for (let round = 0; round < ROUNDS; round++)
      reads.push(JSON.parse((await runNode([READ, file], folder)).stdout) as EpisodesRead)
    findings.push(...findingsOf(made, reads))
  }
  return findings
}

function findingsOf({ runs, ms }: ReportStoreMade, reads: readonly EpisodesRead[]): readonly Finding[] {
  const many = runs.toLocaleString('en-US')
  const traced = reads[0]?.traced.toLocaleString('en-US')
  const isLargest = runs === SIZES.at(-1)
  const seconds = (times: readonly number[]) => times.map((time) => time / 1000)
  return [
    findingOf(seconds(reads.map((read) => read.ms)), {
      unit: 's',
      target: isLargest ? MOST.s : null,
      what: `${many} runs read as columns`,
    }),
    findingOf(
      reads.map(({ beside }) => beside / 1e6),
      { unit: 'MB', target: isLargest ? MOST.mb : null, what: 'peak memory of that beside the columns' },
    ),
    findingOf(seconds(reads.map(({ tracesMs }) => tracesMs)), {
      unit: 's',
      target: null,
      what: `calls of ${traced} of them read`,
    }),
    findingOf([(runs / ms) * 1000], { unit: 'rows/s', target: null, what: 'the store made for it, of runs' }),
  ]
}
