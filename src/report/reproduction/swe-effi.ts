import { effectiveness } from '../../metrics/effectiveness.ts'
import { sum } from '../../metrics/sum.ts'
import { unsaid } from '../cells.ts'
import type { Cell, Column, Measured, Section, Unsaid } from '../document.ts'
import { shareOf } from '../figures-of-sample.ts'
import { along, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { System } from '../system.ts'
import { type Published, publishedFigure, publishedRows } from './published.ts'
import { areaByLines } from './straight-lines.ts'

const STUDY = 'swe-effi'
const CAP_TOKENS = 2_000_000
/** The publication gives four decimals. */
const ROUNDING = 0.00005 + 1e-9

/** A published effectiveness held against what the runs at hand allow. */
interface Row {
  readonly name: string
  readonly runs: number
  /** Of the publication. */
  readonly tasks: number
  readonly overCap: number
  readonly ours: Measured | Unsaid
  /** Resolved runs of the publication that are not at hand. */
  readonly further: number
  /** What all tasks of the publication can come to by the definition, given how many it says were resolved. */
  readonly attainable: readonly [low: number, high: number]
  /** Of the runs at hand over all tasks of the publication, by its own rule. */
  readonly byLines: number
  readonly published: number
}

/** The published effectiveness scores, made anew from the runs at hand; null where none of the systems is there. */
export function sweEffiSection(subject: Subject, published: Published): Section | null {
  const systems = new Map(
    subject.fields.flatMap((field) => field.systems.map((system) => [system.name.toLowerCase(), system])),
  )
  const rows = publishedRows(published, STUDY, 'effectiveness_tokens').flatMap((name) => {
    const system = systems.get(name.toLowerCase())
    return system === undefined ? [] : [rowOf(subject, system, name, published)]
  })
  if (rows.length === 0) return null
  return {
    id: 'swe-effi-published',
    title: 'The published effectiveness under a token budget, made anew',
    words: wordsOf(rows),
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'swe-effi-published-table',
          title: 'Effectiveness under 2 M tokens, ours and published',
          columns: COLUMNS,
          rows: rows.map(cells),
          note: 'Ours: (1/N) Σ max(0, 1 − tokens / 2 M) over the runs resolved, of the runs at hand. The publication has tasks more, which are not at hand: by the definition its value lies between least (its further resolved runs just reach the cap) and most (they spend nothing), and a little above where straight lines make the area larger. Its rule: straight lines between the points, runs over the cap dropped, of the runs at hand over all its tasks.',
        },
      },
    ],
  }
}

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'runs', head: 'runs at hand', unit: 'count' },
  { key: 'runs_over_cap', head: 'over the cap', unit: 'count' },
  { key: 'effectiveness', head: 'ours', unit: 'score' },
  { key: 'attainable_low', head: 'all tasks, least', unit: 'score' },
  { key: 'attainable_high', head: 'all tasks, most', unit: 'score' },
  { key: 'by_its_rule', head: 'its rule, runs at hand', unit: 'score' },
  { key: 'resolved_not_at_hand', head: 'resolved, not at hand', unit: 'count' },
  { key: 'published', head: 'published', unit: 'score' },
  { key: 'verdict', head: 'verdict', unit: 'text' },
]

function rowOf({ quantities }: Subject, system: System, name: string, published: Published): Row {
  const sample = sampleOf(system, quantities.total, quantities.resolved)
  const resolved = along(sample, quantities.resolved)
  const scores = effectiveness(sample.values, resolved, CAP_TOKENS)
  const of = (figure: string) => publishedFigure(published, STUDY, [name, figure]) ?? Number.NaN
  const tasks = of('tasks')
  const further = Math.max(0, of('resolved') - sum(resolved))
  return {
    name: system.name,
    runs: sample.values.length,
    tasks,
    overCap: sample.values.filter((tokens) => tokens > CAP_TOKENS).length,
    ours: shareOf({ ...sample, values: scores }),
    further,
    attainable: [sum(scores) / tasks, (sum(scores) + further) / tasks],
    byLines: areaByLines({ amounts: sample.values, resolved }, { cap: CAP_TOKENS, tasks }),
    published: of('effectiveness_tokens'),
  }
}

/** How much larger straight lines make the area where no run is dropped. */
const excess = ({ overCap, byLines, attainable: [low] }: Row): number =>
  overCap > 0 ? 0 : Math.max(0, byLines - low)

function agrees(row: Row): boolean {
  const [low, high] = row.attainable
  return row.published >= low - ROUNDING && row.published <= high + excess(row) + ROUNDING
}

/** All that counts is at hand, and the rule of the publication gives its value to the last digit. */
const isExact = (row: Row): boolean => row.further === 0 && Math.abs(row.byLines - row.published) <= ROUNDING

function wordsOf(rows: readonly Row[]): readonly string[] {
  const over = rows.filter(({ overCap }) => overCap > 0)
  const within = rows.filter(({ overCap }) => overCap === 0)
  const wrong = over.filter((row) => !agrees(row)).length
  const most = Math.max(0, ...within.map(excess))
  return [
    `Of ${rows.length} published effectiveness scores ${rows.filter(agrees).length} agree with the definition: ${ofAll(within.filter(agrees).length, within.length)} systems none of whose runs exceeds the cap, and ${ofAll(over.length - wrong, over.length)} others; ${wrong} cannot be reached by it.`,
    `Where no run exceeds the cap, the publication joins the points of the curve by straight lines, the definition has steps: that makes its values larger by at most ${most.toFixed(4)}. ${exactWords(within)}`,
    `Where runs exceed the cap, the publication drops them and lets the curve end at the greatest run left instead of going on to the cap, which makes the area too small: ${wrong} of these ${over.length} values cannot be reached by the definition, whatever the tasks not at hand did; the other ${over.length - wrong} are touched by the same rule, but within what those tasks allow. ${exactWords(over)}`,
    ...over.filter(isOverFifty).map(fiftyWords),
  ]
}

/** How many of some values the rule of the publication gives, of the systems of which nothing that counts is missing. */
const exactWords = (rows: readonly Row[]): string =>
  `Its rule gives the values of ${rows.filter(isExact).length} of the ${rows.filter(({ further }) => further === 0).length} of these systems whose resolved runs are all at hand, to the last digit.`

const ofAll = (some: number, all: number): string => (some === all ? `all ${all}` : `${some} of the ${all}`)

const FIFTY = 50

/** Its rule gives the value only if it is divided by 50, though the publication counts fewer tasks. */
const isOverFifty = ({ further, tasks, byLines, published }: Row): boolean =>
  further === 0 && tasks < FIFTY && Math.abs((byLines * tasks) / FIFTY - published) < 0.0005

const fiftyWords = ({ name, tasks, byLines, published }: Row): string =>
  `${name}: over the ${tasks} tasks it counts its rule gives ${byLines.toFixed(4)}, over ${FIFTY} it gives ${((byLines * tasks) / FIFTY).toFixed(4)}; published is ${published}.`

function cells(row: Row): readonly Cell[] {
  return [
    row.name,
    row.runs,
    row.overCap,
    'unsaid' in row.ours ? unsaid('no run') : row.ours,
    ...row.attainable,
    row.byLines,
    row.further,
    row.published,
    verdictOf(row),
  ]
}

function verdictOf(row: Row): string {
  if (!agrees(row)) return row.published < row.attainable[0] ? 'published too low' : 'published too high'
  if (row.overCap > 0) return 'by the other rule, but possible'
  return isExact(row) ? 'agrees to the last digit' : 'agrees'
}
