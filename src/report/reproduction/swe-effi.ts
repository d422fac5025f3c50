import { effectiveness } from '../../metrics/effectiveness.ts'
import { estimateOf, unsaid } from '../cells.ts'
import type { Cell, Section } from '../document.ts'
import { meanOf } from '../figures-of-sample.ts'
import { along, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { System } from '../system.ts'
import { type Published, publishedFigure, publishedRows } from './published.ts'

const STUDY = 'swe-effi'
const CAP_TOKENS = 2_000_000
/** The publication gives four decimals. */
const ROUNDING = 0.00006

/** A published effectiveness held against what the runs at hand allow. */
interface Row {
  readonly name: string
  readonly runs: number
  readonly overCap: number
  readonly ours: Cell
  /** What all tasks of the publication can come to by our rule, given how many it says were resolved. */
  readonly attainable: readonly [low: number, high: number]
  readonly published: number
}

/** The published effectiveness scores, made anew from the runs at hand. */
export function sweEffiSection(subject: Subject, published: Published): Section | null {
  const systems = new Map(
    subject.fields.flatMap((field) => field.systems.map((system) => [system.name.toLowerCase(), system])),
  )
  const rows = publishedRows(published, STUDY, 'effectiveness_tokens').flatMap((name) => {
    const system = systems.get(name.toLowerCase())
    return system === undefined ? [] : [rowOf(subject, system, name, published)]
  })
  if (rows.length === 0) return null
  const [over, within] = [
    rows.filter(({ overCap }) => overCap > 0),
    rows.filter(({ overCap }) => overCap === 0),
  ]
  return {
    id: 'swe-effi-published',
    title: 'The published effectiveness under a token budget, made anew',
    words: [
      `${within.filter(agrees).length} of the ${within.length} systems none of whose runs exceeds the cap agree with the publication.`,
      `${over.length} systems have runs over the cap, and there the publication follows another rule: such runs are dropped and the curve ends at the greatest run left instead of going on to the cap, which makes the area too small. ${over.filter((row) => !agrees(row)).length} of these values cannot be reached by the definition, whatever the tasks not at hand did; the others are touched by the same rule but within what those tasks allow.`,
    ],
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'swe-effi-published-table',
          title: 'Effectiveness under 2 M tokens, ours and published',
          columns: [
            { key: 'system', head: 'system', unit: 'text' },
            { key: 'runs', head: 'runs at hand', unit: 'count' },
            { key: 'runs_over_cap', head: 'over the cap', unit: 'count' },
            { key: 'effectiveness', head: 'ours', unit: 'r' },
            { key: 'attainable_low', head: 'all tasks, least', unit: 'r' },
            { key: 'attainable_high', head: 'all tasks, most', unit: 'r' },
            { key: 'published', head: 'published', unit: 'r' },
            { key: 'verdict', head: '', unit: 'text' },
          ],
          rows: rows.map(cells),
          note: `Ours: (1/N) Σ max(0, 1 − tokens / 2 M) over the runs resolved, of the runs at hand. The publication has tasks more, which are not at hand: by the same rule its value lies between least (its further resolved runs just reach the cap) and most (they spend nothing).`,
        },
      },
    ],
  }
}

function rowOf({ quantities }: Subject, system: System, name: string, published: Published): Row {
  const sample = sampleOf(system, quantities.total, quantities.resolved)
  const resolved = along(sample, quantities.resolved)
  const scores = effectiveness(sample.values, resolved, CAP_TOKENS)
  const of = (figure: string) => publishedFigure(published, STUDY, [name, figure]) ?? Number.NaN
  const [tasks, sum] = [of('tasks'), scores.reduce((total, score) => total + score, 0)]
  const further = of('resolved') - resolved.reduce((total, one) => total + one, 0)
  return {
    name: system.name,
    runs: sample.values.length,
    overCap: sample.values.filter((tokens) => tokens > CAP_TOKENS).length,
    ours: meanOf({ ...sample, values: scores }),
    attainable: [sum / tasks, (sum + further) / tasks],
    published: of('effectiveness_tokens'),
  }
}

const agrees = ({ published, attainable: [low, high] }: Row): boolean =>
  published >= low - ROUNDING && published <= high + ROUNDING

function cells(row: Row): readonly Cell[] {
  const verdict = !agrees(row)
    ? 'published too low'
    : row.overCap > 0
      ? 'by the other rule, but possible'
      : 'agrees'
  return [
    row.name,
    row.runs,
    row.overCap,
    estimateOf(row.ours) === null ? unsaid('no run') : row.ours,
    ...row.attainable,
    row.published,
    verdict,
  ]
}
