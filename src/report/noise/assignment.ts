import { chiSquareTail } from '../../metrics/chi-square-distribution.ts'
import type { Episodes } from '../../store/episodes.ts'
import type { Arm } from './arms.ts'
import { type Places, placesOf, type Spread, spreadOf } from './units.ts'

/** How the runs of the arms were spread over hosts and days: whether a difference may come of these. */
export interface Assignment {
  readonly spread: Spread
  /** Where not set by them, what the arms nevertheless go with: more runs of some on some days, or hosts. */
  readonly leans: readonly ('day' | 'host')[]
}

export function assignmentOf(episodes: Episodes, arms: readonly Arm[]): Assignment {
  const rows = Int32Array.from(arms.flatMap(({ system }) => [...system.rows]))
  const labels = Int32Array.from(arms.flatMap(({ system }, place) => [...system.rows].map(() => place)))
  const places = placesOf(episodes, rows)
  const spread = spreadOf(places, labels)
  return { spread, leans: spread === 'within' ? leansOf(places, labels) : [] }
}

function leansOf({ days, hosts }: Places, labels: Int32Array): readonly ('day' | 'host')[] {
  return [
    ...(isAssociated(days, labels) ? ['day' as const] : []),
    ...(isAssociated(hosts, labels) ? ['host' as const] : []),
  ]
}

/** Of runs in random order one plan in a thousand looks like this. */
const UNLIKELY = 0.001
/** Weaker association does not move rates. */
const LEAST = 0.1

/** Whether two sets of groups go together: Pearson's chi-square, and Cramér's V (1946) above `LEAST`. */
function isAssociated(groups: Int32Array, labels: Int32Array): boolean {
  const [rows, columns] = [countsOf(groups), countsOf(labels)]
  const fewer = Math.min(rows.size, columns.size) - 1
  if (fewer === 0) return false
  const statistic = chiSquare(groups, labels, { rows, columns })
  const df = (rows.size - 1) * (columns.size - 1)
  return chiSquareTail(statistic, df) < UNLIKELY && Math.sqrt(statistic / groups.length / fewer) >= LEAST
}

type Counts = ReadonlyMap<number, number>

function countsOf(codes: Int32Array): Counts {
  const counts = new Map<number, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return counts
}

/** N (Σ n² / (row · column) − 1). */
function chiSquare(
  groups: Int32Array,
  labels: Int32Array,
  { rows, columns }: { readonly rows: Counts; readonly columns: Counts },
): number {
  const cells = countsOf(groups.map((group, i) => group * columns.size + (labels[i] as number)))
  let sum = 0
  for (const [cell, count] of cells) {
    const row = rows.get(Math.floor(cell / columns.size)) ?? 1
    sum += (count * count) / row / (columns.get(cell % columns.size) ?? 1)
  }
  return groups.length * (sum - 1)
}
