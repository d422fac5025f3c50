import type { Finding } from '../finding.ts'
import { contestFindings, contests } from './contest.ts'
import { denseTable } from './synthetic-table.ts'

const COLUMNS = 200
const POINTS = [
  { rows: 1000, rounds: 5 },
  { rows: 10_000, rounds: 3 },
  { rows: 100_000, rounds: 1 },
  { rows: 1_000_000, rounds: 1 },
]

/** Time and quality of training from a thousand rows to a million, beside LightGBM: minutes, and 8 GB of memory. */
export async function boostingCurve(): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { rows, rounds } of POINTS) {
    const table = denseTable({ rows, testRows: 20_000, columns: COLUMNS })
    const loss = { kind: 'squared' } as const
    const [found] = await contests(table, [{ loss, rounds }])
    const what = `${rows.toLocaleString('en-US')} × ${COLUMNS}`
    if (found) findings.push(...contestFindings(found, { loss, what }))
  }
  return findings
}
