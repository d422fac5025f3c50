import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAM, runNode } from '../child.ts'
import { type Finding, findingOf } from '../finding.ts'
import { TELL_PEAK } from '../tell-peak.ts'
import { temporaryFolder } from '../temporary.ts'
import { writeOwnRuns } from './own-runs.ts'

const SIZES = [2000, 100_000, 1_000_000] as const
const TABLES = fileURLToPath(new URL('../../../data', import.meta.url))

/** `foretoken train --from-store` over stores of made runs, whole processes: time, peak memory, and what it says. */
export async function ownTraining(): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const size of SIZES) {
    const folder = temporaryFolder()
    await writeOwnRuns(join(folder, 'runs.jsonl'), size, TABLES)
    await runNode([PROGRAM, 'import', 'runs.jsonl'], folder)
    const asked = ['train', '--from-store', '--data', TABLES]
    const { ms, side, stdout } = await runNode(['--import', TELL_PEAK, PROGRAM, ...asked], folder)
    const what = `train --from-store of ${size.toLocaleString('en-US')} runs: ${stdout.trim().replaceAll(/\n\s*/g, '; ')}`
    findings.push(
      findingOf([ms / 1000], { unit: 's', target: null, what }),
      findingOf([(Number(side) * 1024) / 1e6], { unit: 'MB', target: null, what: 'peak memory of that' }),
    )
  }
  return findings
}
