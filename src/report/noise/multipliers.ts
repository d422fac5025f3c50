import { holm } from '../../metrics/holm.ts'
import type { Episodes } from '../../store/episodes.ts'
import { unsaid } from '../cells.ts'
import { SETUP_NOISE } from '../difference.ts'
import type { Block, Cell, Column, Unsaid } from '../document.ts'
import { meanOf, rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import type { Quantities } from '../quantities.ts'
import { countTasks, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { System } from '../system.ts'
import { type Arm, armsOf } from './arms.ts'
import { burstsOf } from './bursts.ts'
import { trendOf } from './trend.ts'
import { type ArmsCompared, compareArms, stacked } from './two-arms.ts'

const ALPHA = 0.05

/** An arm against the tightest one. */
export interface AgainstFloor {
  readonly arm: Arm
  readonly infra: ArmsCompared
  readonly resolved: ArmsCompared
  /** Adjusted over the arms of the system (Holm). */
  readonly infraP: number | Unsaid
  readonly resolvedP: number | Unsaid
  /** Within the margin for sure, after the same adjustment. */
  readonly isEquivalent: boolean
}

/** What resources do to one system. */
export interface Multipliers {
  readonly system: System
  readonly arms: readonly Arm[]
  readonly againstFloor: readonly AgainstFloor[]
  readonly infraTrend: number | Unsaid
  readonly resolvedTrend: number | Unsaid
}

/** Null where the runs of a system were all made under the same resources. */
export function multipliersOf(subject: Subject, system: System, margin: number): Multipliers | null {
  const { episodes, quantities } = subject
  const arms = armsOf(episodes, system)
  const [floor, ...rest] = arms
  if (floor === undefined || rest.length === 0) return null
  const compared = rest.map((arm) => ({
    arm,
    infra: compare(episodes, [floor, arm], { column: quantities.infra, inBursts: true, margin }),
    resolved: compare(episodes, [floor, arm], { column: quantities.resolved, inBursts: false, margin }),
  }))
  const adjusted = (of: (one: (typeof compared)[number]) => number | Unsaid) => adjustedPs(compared.map(of))
  const infraPs = adjusted(({ infra }) => infra.p)
  const resolvedPs = adjusted(({ resolved }) => resolved.p)
  const equalPs = adjusted(({ resolved }) => resolved.equivalenceP)
  const isBelow = (p: number | Unsaid | undefined) => typeof p === 'number' && p < ALPHA
  return {
    system,
    arms,
    againstFloor: compared.map((one, i) => ({
      ...one,
      infraP: infraPs[i] as number | Unsaid,
      resolvedP: resolvedPs[i] as number | Unsaid,
      isEquivalent: isBelow(equalPs[i]),
    })),
    infraTrend: trendOf(episodes, arms, { column: quantities.infra, inBursts: true }),
    resolvedTrend: trendOf(episodes, arms, { column: quantities.resolved, inBursts: false }),
  }
}

/** What is compared, and whether it goes wrong in bursts (by host and day) rather than by task. */
export interface Compared {
  readonly column: Float64Array
  readonly inBursts: boolean
}

function compare(
  episodes: Episodes,
  [floor, other]: readonly [Arm, Arm],
  { column, inBursts, margin }: Compared & { readonly margin: number },
): ArmsCompared {
  const [a, b] = [rowsOf(episodes, floor, column), rowsOf(episodes, other, column)]
  const both = stacked(a, b)
  if (a.values.length === 0 || b.values.length === 0) {
    const none = unsaid('no run whose outcome is recorded')
    return { difference: none, p: none, equivalenceP: none, detectable: none }
  }
  const bursts = inBursts ? burstsOf(episodes, joined(a.rows, b.rows)) : null
  return compareArms(bursts === null ? both : { ...both, codes: bursts }, margin)
}

/** The runs of an arm where a column is known, with the task of each as the episodes number it. */
export function rowsOf(_episodes: Episodes, { system }: Arm, column: Float64Array) {
  const { values, rows, tasks, taskCodes } = sampleOf(system, column)
  return { values, rows, codes: tasks.map((task) => taskCodes[task] as number) }
}

export function joined(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** Holm over those that could be tested. */
export function adjustedPs(ps: readonly (number | Unsaid)[]): readonly (number | Unsaid)[] {
  const adjusted = holm(ps.filter((p) => typeof p === 'number'))
  let next = 0
  return ps.map((p) => (typeof p === 'number' ? (adjusted[next++] as number) : p))
}

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
  { key: 'infra_difference', head: 'infra errors, against the floor', unit: 'points' },
  { key: 'infra_p_holm', head: 'p (Holm)', unit: 'p' },
  { key: 'resolved_difference', head: 'resolved, against the floor', unit: 'points' },
  { key: 'resolved_p_holm', head: 'p (Holm)', unit: 'p' },
  { key: 'equivalence_p', head: 'p of being apart', unit: 'p' },
  { key: 'detectable', head: 'detectable', unit: 'points' },
  { key: 'verdict', head: '', unit: 'text' },
]

/** The rates of each arm, and how they stand against the floor. */
export function multiplierBlocks(subject: Subject, found: Multipliers, margin: number): readonly Block[] {
  const { system, arms, againstFloor, infraTrend, resolvedTrend } = found
  const id = `resources-${slug(`${system.benchmark} ${system.name}`)}`
  const rates = arms.map((arm) => rateRow(subject.quantities, arm))
  const trend = (p: number | Unsaid) => (typeof p === 'number' ? `p = ${p.toPrecision(2)}` : p.unsaid)
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
        note: `Resources as a multiple of the floor. Intervals 95 %, by tasks. Trend over the multiples: infra errors ${trend(infraTrend)}, resolved ${trend(resolvedTrend)}.`,
      },
    },
    {
      kind: 'table',
      table: {
        id: `${id}-tests`,
        title: `Against ${arms[0]?.name ?? ''}, ${system.name}, ${system.benchmark}`,
        columns: TESTS,
        rows: againstFloor.map((one) => testRow(one, margin)),
        note: `Tests by rearranging whole clusters: tasks for what is resolved, hosts on a day for infra errors, which come in bursts; Holm over the rows. p of being apart: two one-sided tests of a difference beyond ± ${points(margin)}; below ${ALPHA} the rates are equal within the margin, which no large p of the other test would show. Detectable: the true difference that a plan like this would show in 8 of 10 tries.`,
      },
    },
  ]
}

const points = (share: number): string => `${Number((share * 100).toPrecision(3))} pp`

function rateRow({ infra, resolved, total }: Quantities, { name, system }: Arm): readonly Cell[] {
  const clean = sampleOf(system, resolved, infra)
  const kept = [...clean.rows.keys()].filter((i) => infra[clean.rows[i] as number] === 0)
  return [
    name,
    countTasks(system.tasks),
    system.rows.length,
    rateOf(sampleOf(system, infra)),
    rateOf(sampleOf(system, resolved)),
    rateOf({
      values: Float64Array.from(kept, (i) => clean.values[i] as number),
      tasks: Int32Array.from(kept, (i) => clean.tasks[i] as number),
    }),
    meanOf(sampleOf(system, total)),
  ]
}

function testRow(
  { arm, infra, resolved, infraP, resolvedP, isEquivalent }: AgainstFloor,
  margin: number,
): readonly Cell[] {
  return [
    arm.name,
    infra.difference,
    infraP,
    resolved.difference,
    resolvedP,
    resolved.equivalenceP,
    resolved.detectable,
    verdictOf({ resolved, resolvedP, isEquivalent }, margin),
  ]
}

/** In words, with the warning that goes with every comparison of differently configured runs. */
function verdictOf(
  { resolved, resolvedP, isEquivalent }: Pick<AgainstFloor, 'resolved' | 'resolvedP' | 'isEquivalent'>,
  margin: number,
): string {
  const { difference, detectable } = resolved
  const isApart = typeof resolvedP === 'number' && resolvedP < ALPHA
  const isSmall = 'estimate' in difference && Math.abs(difference.estimate) < SETUP_NOISE
  if (isEquivalent) return `equal within ${points(margin)}${isApart ? ', though not the same' : ''}`
  if (isApart) return `larger than the noise${isSmall ? '; under 3 pp: within what set-ups do' : ''}`
  const least = typeof detectable === 'number' ? `: under ${points(detectable)} would not show` : ''
  return `cannot be told${least}`
}

function dot(row: readonly Cell[], column: number, series: string) {
  const cell = row[column]
  if (typeof cell !== 'object' || !('estimate' in cell)) return []
  const { estimate: value, low, high } = cell
  return [{ name: String(row[0]), series, value, ...(low === null || high === null ? {} : { low, high }) }]
}
