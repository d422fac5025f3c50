import { availableParallelism } from 'node:os'
import type { BoostingState } from '../../../src/regress/boosting-forest.ts'
import type { Loss } from '../../../src/regress/boosting-loss.ts'
import { gradientBoosting } from '../../../src/regress/gradient-boosting.ts'
import { type Matrix, selectRows } from '../../../src/regress/matrix.ts'
import { type Finding, findingOf } from '../finding.ts'
import { timeOf } from '../rounds.ts'
import { contestFindings, contests } from './contest.ts'
import { denseTable, type SyntheticTable, sparseTable } from './synthetic-table.ts'

const SIZE = { rows: 100_000, testRows: 20_000 }
const LOSSES: readonly Loss[] = [
  { kind: 'squared' },
  ...[0.1, 0.5, 0.9].map((level) => ({ kind: 'pinball', level }) as const),
]

/** Gradient boosting on all cores beside LightGBM, on a dense table with gaps and on a sparse one; then one row. */
export async function boosting(): Promise<readonly Finding[]> {
  const dense = denseTable({ ...SIZE, columns: 200 })
  const ofDense = await beside(dense, '100,000 × 200, dense')
  const ofSparse = await beside(sparseTable({ ...SIZE, columns: 2000 }), '100,000 × 2,000, sparse')
  const x = dense.train.x as Matrix
  const alone = await timeOf(() =>
    gradientBoosting.fit(x, dense.train.y, { loss: { kind: 'squared' }, seed: 1 }),
  )
  const what = `training, 100,000 × 200, dense, in one thread; above in ${availableParallelism()}`
  return [
    ...ofDense.findings,
    findingOf([alone / 1000], { unit: 's', target: null, what }),
    ...ofSparse.findings,
    oneRow(dense.test.x as Matrix, ofDense.state),
  ]
}

async function beside(
  table: SyntheticTable,
  what: string,
): Promise<{ readonly findings: readonly Finding[]; readonly state: BoostingState }> {
  const asked = LOSSES.map((loss) => ({ loss, rounds: loss.kind === 'squared' ? 3 : 1 }))
  const found = await contests(table, asked)
  const findings = found.flatMap((each, k) =>
    contestFindings(each, { loss: LOSSES[k] as Loss, what: `${what}, ${nameOf(LOSSES[k] as Loss)}` }),
  )
  return { findings, state: (found[0] as (typeof found)[number]).state }
}

const nameOf = (loss: Loss): string => (loss.kind === 'squared' ? 'squared loss' : `quantile ${loss.level}`)

const CALLS = 1000

/** Each time another row, as they come to a service. */
function oneRow(x: Matrix, state: BoostingState): Finding {
  const rows = Array.from({ length: CALLS }, (_, i) => selectRows(x, [i]))
  const runs = Array.from({ length: 11 }, () => {
    const start = performance.now()
    for (const row of rows) gradientBoosting.predict(state, row)
    return (1000 * (performance.now() - start)) / CALLS
  })
  const what = `one row through ${state.roots.length} trees of 31 leaves`
  return findingOf(runs, { unit: 'µs', target: 50, what })
}
