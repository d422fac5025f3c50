import type { Block, Cell, Column, Unsaid } from '../document.ts'
import { meanOf, rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { amountText } from '../report-cell.ts'
import { countTasks, partOf, placesWhere, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Arm } from './arms.ts'
import type { AgainstFloor, Multipliers } from './multipliers.ts'
import { points } from './points.ts'
import { FEWEST, placesOf } from './units.ts'
import { verdictOf } from './verdict.ts'

const RATES: readonly Column[] = [
  { key: 'multiplier', head: 'resources', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'infra_error_rate', head: 'infra errors', unit: 'share' },
  { key: 'resolution_rate', head: 'resolved', unit: 'share' },
  { key: 'resolution_rate_of_clean', head: 'resolved, without infra errors', unit: 'share' },
  { key: 'mean_total_tokens', head: 'tokens a run', unit: 'tokens' },
]

const TESTS: readonly Column[] = [
  { key: 'multiplier', head: 'resources', unit: 'text' },
  { key: 'tasks', head: 'tasks in both', unit: 'count' },
  { key: 'infra_difference', head: 'infra errors', unit: 'points' },
  { key: 'infra_p_holm', head: 'p (Holm)', unit: 'p' },
  { key: 'resolved_difference', head: 'resolved', unit: 'points' },
  { key: 'resolved_p_holm', head: 'p (Holm)', unit: 'p' },
  { key: 'equivalence_p_holm', head: 'p of being apart (Holm)', unit: 'p' },
  { key: 'detectable', head: 'detectable', unit: 'points' },
  { key: 'verdict', head: 'resolved, in words', unit: 'text' },
]

/** The rates of each arm, and how they stand against the floor. */
export function multiplierBlocks(subject: Subject, found: Multipliers, margin: number): readonly Block[] {
  const { system, arms, againstFloor } = found
  const id = `resources-${slug(`${system.benchmark} ${system.name}`)}`
  const rates = arms.map((arm) => rateRow(subject, arm))
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Resources and outcomes, ${system.name}, ${system.benchmark}`,
        alt: `Infra errors and resolution rate at each of ${arms.length} multiples of the resource floor, with 95 % intervals.`,
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'share of runs', scale: 'share' },
          bars: rates.flatMap((row) => [...dot(row, 3, 'infra errors'), ...dot(row, 4, 'resolved')]),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Outcomes by resources, ${system.name}, ${system.benchmark}`,
        columns: RATES,
        rows: rates,
        note: ratesNote(found),
      },
    },
    {
      kind: 'table',
      table: {
        id: `${id}-tests`,
        title: `Against ${arms[0]?.name ?? ''}, ${system.name}, ${system.benchmark}`,
        columns: TESTS,
        rows: againstFloor.map((one) => testRow(one, margin)),
        note: testsNote(margin),
      },
    },
  ]
}

function ratesNote({ infraTrend, resolvedTrend }: Multipliers): string {
  const said = (p: number | Unsaid) => (typeof p === 'number' ? amountText(p, 'p') : p.unsaid)
  return (
    'Resources as a multiple of the floor. Intervals 95 %, by tasks; of infra errors by hosts and days where these are recorded. ' +
    `Trend from the tightest to the loosest, each a step: infra errors ${said(infraTrend)}, resolved ${said(resolvedTrend)} (Cochran–Armitage by clusters, mid-p, not adjusted).`
  )
}

const testsNote = (margin: number): string =>
  'Differences to the floor on the tasks run under both, each of which counts once. ' +
  'p: mid-p; McNemar’s test for one run of a task under each, else by turning the signs of whole tasks about. Infra errors come in bursts: hosts on a day are rearranged instead, where these are recorded. ' +
  'Where hosts or days had multiples of their own, these are rearranged as well, and the larger p counts. Holm over the rows. ' +
  `p of being apart: two one-sided tests of a difference beyond ± ${points(margin)}; below .05 the rates are equal within the margin, which no large p of the other test shows. ` +
  'Detectable: the true difference that a plan like this would show in 8 of 10 tries, with the level shared out over the rows. ' +
  `Tasks it takes: as many, were there no difference, would show in 8 of 10 tries that the rates are equal within ${points(margin)}. ` +
  'Under 3 pp: so small a difference may come of how runs were set up.'

function rateRow({ episodes, quantities }: Subject, { name, system }: Arm): readonly Cell[] {
  const { resolved, infra, total } = quantities
  const both = sampleOf(system, resolved, infra)
  const clean = placesWhere(both.rows.length, (i) => infra[both.rows[i] as number] === 0)
  const ended = sampleOf(system, infra)
  const bursts = placesOf(episodes, ended.rows).both
  return [
    name,
    countTasks(system.tasks),
    system.rows.length,
    rateOf(new Set(bursts).size < FEWEST ? ended : { values: ended.values, tasks: bursts }),
    rateOf(sampleOf(system, resolved)),
    rateOf(partOf(both, clean)),
    meanOf(sampleOf(system, total)),
  ]
}

function testRow(one: AgainstFloor, margin: number): readonly Cell[] {
  const { arm, infra, resolved, infraP, resolvedP, equivalenceP } = one
  return [
    arm.name,
    resolved.tasks,
    infra.difference,
    infraP,
    resolved.difference,
    resolvedP,
    equivalenceP,
    resolved.detectable,
    verdictOf(one, margin),
  ]
}

function dot(row: readonly Cell[], column: number, series: string) {
  const cell = row[column]
  if (typeof cell !== 'object' || !('estimate' in cell)) return []
  const { estimate: value, low, high } = cell
  return [{ name: String(row[0]), series, value, ...(low === null || high === null ? {} : { low, high }) }]
}
