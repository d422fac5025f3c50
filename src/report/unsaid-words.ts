import type { Subject } from './subject.ts'
import type { Field, System } from './system.ts'
import { onBenchmark } from './where.ts'

/** What cannot be said of a benchmark, and why, in one sentence; none where all can. */
export function unsaidWords({ quantities }: Subject, { benchmark, systems }: Field): readonly string[] {
  const { resolved, total, usd } = quantities
  const isTold = (column: Float64Array) => someRun(systems, (row) => !Number.isNaN(column[row]))
  const isResolved = someRun(systems, (row) => resolved[row] === 1)
  const runs = systems.reduce((sum, { rows }) => sum + rows.length, 0)
  const isRepeated = systems.some(({ rows, taskCodes }) => rows.length > taskCodes.length)
  const reasons: readonly (readonly [holds: boolean, what: string])[] = [
    [!isTold(resolved), 'what is resolved (no outcome is recorded)'],
    [isTold(resolved) && !isResolved, 'what a success costs (no run was resolved)'],
    [!isTold(total), 'where tokens go (no run tells all of its tokens)'],
    [!isTold(usd), 'what runs cost (neither a price nor a cost is known)'],
    [systems.length === 1, 'who is better (there is one system)'],
    [runs === 1, 'how far chance goes (there is one run)'],
    [runs > 1 && !isRepeated, 'how much repeats differ (no system ran a task twice)'],
  ]
  const lacking = reasons.filter(([holds]) => holds).map(([, what]) => what)
  return lacking.length === 0
    ? []
    : [`${onBenchmark(benchmark)} it cannot be said ${lacking.join(', nor ')}.`]
}

const someRun = (systems: readonly System[], holds: (row: number) => boolean): boolean =>
  systems.some(({ rows }) => rows.some(holds))
