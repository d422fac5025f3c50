import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAM, runNode } from './child.ts'
import { type Finding, findingOf } from './finding.ts'
import type { ReportStoreMade } from './report-store-once.ts'
import { TELL_PEAK } from './tell-peak.ts'
import { temporaryFolder } from './temporary.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const
const MAKE = fileURLToPath(new URL('report-store-once.ts', import.meta.url))

/** For a million runs. */
const MOST = { s: 60, mb: 1000 }

/** `report all` as HTML over stores of made runs, whole processes: time, peak memory, and how both grow. */
export async function reportAll(): Promise<readonly Finding[]> {
  const folder = temporaryFolder()
  const findings: Finding[] = []
  let before: { readonly runs: number; readonly s: number } | null = null
  for (const size of SIZES) {
    const file = join(folder, `${size}.db`)
    const { runs } = JSON.parse((await runNode([MAKE, file, String(size)], folder)).stdout) as ReportStoreMade
    const html = join(folder, `${size}.html`)
    const asked = ['report', 'all', '--db', file, '--format', 'html', '--out', html]
    const { ms, side } = await runNode(['--import', TELL_PEAK, PROGRAM, ...asked], folder)
    const s = ms / 1000
    const isLargest = size === SIZES.at(-1)
    const many = runs.toLocaleString('en-US')
    findings.push(
      findingOf([s], { unit: 's', target: isLargest ? MOST.s : null, what: `report all of ${many} runs` }),
      findingOf([(Number(side) * 1024) / 1e6], {
        unit: 'MB',
        target: isLargest ? MOST.mb : null,
        what: 'peak memory of that',
      }),
    )
    if (before !== null) findings.push(growth(before, { runs, s }))
    before = { runs, s }
  }
  return findings
}

interface Timed {
  readonly runs: number
  readonly s: number
}

/** How much longer it took, over how much longer n log n would take: at most 1 where time grows no faster. */
function growth(less: Timed, more: Timed): Finding {
  const size = ({ runs }: Timed) => runs * Math.log(runs)
  const ratio = more.s / less.s / (size(more) / size(less))
  return findingOf([ratio], {
    unit: '×',
    target: 1,
    what: `growth since ${less.runs.toLocaleString('en-US')} runs, of that of n log n`,
  })
}
