import { fisherExact } from '../../metrics/fisher.ts'
import { holm } from '../../metrics/holm.ts'
import { wilsonInterval } from '../../metrics/wilson.ts'
import { measured } from '../cells.ts'
import type { Cell, Section } from '../document.ts'
import { type Published, publishedFigure, publishedRows } from './published.ts'

const STUDY = 'token-tracking'
const ALPHA = 0.05

/** A model of the published table, and what follows from its rate and mean. */
interface Row {
  readonly name: string
  readonly tasks: number
  readonly resolved: number
  readonly meanTokens: number
  readonly published: number
  readonly efficiency: number
}

/** The published table of token efficiency, made anew from its rates and means, with intervals and ties. */
export function tokenTrackingSection(published: Published): Section {
  const rows = publishedRows(published, STUDY, 'resolution_rate').map((name) => rowOf(published, name))
  const { tied, ps } = tiesWithBest(rows)
  const agreed = rows.filter((row) => shown(row.efficiency) === shown(row.published)).length
  return {
    id: 'token-tracking-published',
    title: 'The published table of token efficiency, made anew',
    words: [
      `${agreed} of ${rows.length} published token efficiencies follow from the published rates and means to the last digit. The first ${tied.filter(Boolean).length} models are tied: with ${rows[0]?.tasks ?? 0} tasks each their resolution rates cannot be told apart, so only their tokens rank them.`,
    ],
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'token-tracking-published-table',
          title: 'Token tracking on OR-Debug-Bench, made anew',
          columns: [
            { key: 'model', head: 'model', unit: 'text' },
            { key: 'tasks', head: 'tasks', unit: 'count' },
            { key: 'resolution_rate', head: 'resolved', unit: 'share' },
            { key: 'mean_total_tokens', head: 'mean tokens', unit: 'count' },
            { key: 'efficiency', head: 'efficiency', unit: 'number' },
            { key: 'efficiency_published', head: 'published', unit: 'number' },
            { key: 'p_holm', head: 'p against the best (Holm)', unit: 'p' },
            { key: 'verdict', head: 'verdict', unit: 'text' },
          ],
          rows: rows.map((row, i) => cells(row, ps[i] ?? null, tied[i] === true)),
          note: `Efficiency = resolution rate × 1,000 / mean tokens, rounded to three decimals as published. Intervals: Wilson, 95 %. p: Fisher's exact test of two independent rates (only the rates are published), Holm; tied = p ≥ ${ALPHA}.`,
        },
      },
    ],
  }
}

function rowOf(published: Published, name: string): Row {
  const of = (row: string, figure: string): number =>
    publishedFigure(published, STUDY, [row, figure]) ?? Number.NaN
  const tasks = of('all', 'tasks')
  const [rate, meanTokens] = [of(name, 'resolution_rate'), of(name, 'mean_total_tokens')]
  return {
    name,
    tasks,
    resolved: Math.round(rate * tasks),
    meanTokens,
    published: of(name, 'efficiency'),
    efficiency: (rate * 1000) / meanTokens,
  }
}

/** Which rows cannot be told apart from the one that resolves most; it is tied with itself. */
function tiesWithBest(rows: readonly Row[]): {
  readonly tied: readonly boolean[]
  readonly ps: readonly (number | null)[]
} {
  const best = rows.reduce((most, row) => (row.resolved > most.resolved ? row : most))
  const others = rows.filter((row) => row !== best)
  const adjusted = holm(others.map((row) => fisherExact(proportionOf(row), proportionOf(best))))
  const ps = rows.map((row) => (row === best ? null : (adjusted[others.indexOf(row)] as number)))
  return { ps, tied: ps.map((p) => p === null || p >= ALPHA) }
}

const proportionOf = ({ resolved, tasks }: Row) => ({ successes: resolved, trials: tasks })

function cells(row: Row, p: number | null, isTied: boolean): readonly Cell[] {
  return [
    row.name,
    row.tasks,
    measured(row.resolved / row.tasks, wilsonInterval(row.resolved, row.tasks), row.tasks),
    row.meanTokens,
    Number(shown(row.efficiency)),
    row.published,
    p ?? { unsaid: 'it is the best' },
    isTied ? 'tied' : 'resolves less',
  ]
}

const shown = (efficiency: number): string => efficiency.toFixed(3)
