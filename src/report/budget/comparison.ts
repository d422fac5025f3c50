import { holm } from '../../metrics/holm.ts'
import { estimateOf } from '../cells.ts'
import { type Difference, differenceOf, SETUP_NOISE } from '../difference.ts'
import type { Block, Cell, Column } from '../document.ts'
import { rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'

/** Every system of a benchmark against the one that resolves most. */
export interface Comparison {
  readonly best: System
  /** What the best resolves, 0–1, and of how many runs. */
  readonly rate: number
  readonly runs: number
  readonly others: readonly Compared[]
}

export interface Compared {
  readonly system: System
  readonly difference: Difference
  /** Adjusted for the number of comparisons (Holm); null = not tested. */
  readonly p: number | null
  /**
   * On the tasks both have. `tied`: not told apart from the best; `more`: the best only seems so, by the tasks it alone was
   * given; null = too little in common.
   */
  readonly verdict: 'tied' | 'less' | 'more' | null
}

const ALPHA = 0.05

/** Null where fewer than two systems have outcomes. */
export function comparisonOf({ quantities }: Subject, { systems }: Field): Comparison | null {
  const rated = systems
    .map((system) => ({ system, outcomes: sampleOf(system, quantities.resolved) }))
    .map((entry) => ({ ...entry, rate: estimateOf(rateOf(entry.outcomes)) }))
    .filter(({ rate }) => rate !== null)
    .sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0) || b.outcomes.values.length - a.outcomes.values.length)
  const [best, ...rest] = rated
  if (best === undefined || rest.length === 0) return null
  const differences = rest.map(({ outcomes }) => ofRates(differenceOf(outcomes, best.outcomes)))
  const adjusted = adjust(differences.map(pOf))
  return {
    best: best.system,
    rate: best.rate ?? 0,
    runs: best.outcomes.values.length,
    others: rest.map(({ system }, i) => {
      const [difference, p] = [differences[i] as Difference, adjusted[i] ?? null]
      return { system, difference, p, verdict: verdictOf(difference, p) }
    }),
  }
}

/** No difference of rates is beyond all of the runs. */
function ofRates(found: Difference): Difference {
  const { difference } = found
  if ('unsaid' in difference || difference.low === null || difference.high === null) return found
  const [low, high] = [Math.max(-1, difference.low), Math.min(1, difference.high)]
  return { ...found, difference: { ...difference, low, high } }
}

function verdictOf({ difference }: Difference, p: number | null): Compared['verdict'] {
  if (p === null) return null
  if (p >= ALPHA) return 'tied'
  return (estimateOf(difference) ?? 0) < 0 ? 'less' : 'more'
}

/** Where fewer than two of several tasks tell a difference no test can be made, and nothing tells the systems apart. */
function pOf({ tasks, difference, p }: Difference): number | null {
  if (typeof p === 'number') return p
  return tasks > 1 && !('unsaid' in difference) ? 1 : null
}

/** Holm over those that were tested. */
function adjust(ps: readonly (number | null)[]): readonly (number | null)[] {
  const adjusted = holm(ps.filter((p) => p !== null))
  let next = 0
  return ps.map((p) => (p === null ? null : (adjusted[next++] as number)))
}

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'shared_tasks', head: 'tasks in common', unit: 'count' },
  { key: 'difference', head: 'resolved, against the best', unit: 'points' },
  { key: 'p_holm', head: 'p (Holm)', unit: 'p' },
  { key: 'verdict', head: 'verdict', unit: 'text' },
]

/** The table of differences, and their figure. */
export function comparisonBlocks(field: Field, { best, others }: Comparison): readonly Block[] {
  const id = slug(field.benchmark)
  return [
    {
      kind: 'figure',
      figure: {
        id: `differences-${id}`,
        title: `Against ${best.name}, ${field.benchmark}`,
        alt: `Difference in the resolution rate of each system against ${best.name}, with 95 % intervals.`,
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'difference in the resolution rate (percentage points)', scale: 'linear' },
          bars: others.flatMap(dot),
          rules: [{ axis: 'x', at: 0, label: 'as good' }],
        },
      },
      table: {
        id: `comparison-${id}`,
        title: `Against the best, ${best.name}, ${field.benchmark}`,
        columns: COLUMNS,
        rows: others.map(row),
        note:
          'On the tasks both have, task by task. p: exact McNemar where each task was run once by both, else a permutation of the signs of the tasks; adjusted for the number of comparisons (Holm). ' +
          `Tied = not told apart (p ≥ ${ALPHA}); that is no proof of being equal. Below ${SETUP_NOISE * 100} pp a difference may come of how the systems were set up (resources, time limits) rather than of what they can do.`,
      },
    },
  ]
}

function row({ system, difference, p, verdict }: Compared): readonly Cell[] {
  const points = estimateOf(difference.difference)
  const words = { tied: 'tied', less: 'resolves less', more: 'resolves more' } as const
  const warning = points !== null && points !== 0 && Math.abs(points) < SETUP_NOISE ? '; under 3 pp' : ''
  return [
    system.name,
    difference.tasks,
    difference.difference,
    p ?? { unsaid: typeof difference.p === 'number' ? 'not tested' : difference.p.unsaid },
    verdict === null ? 'not comparable' : `${words[verdict]}${warning}`,
  ]
}

function dot({ system, difference: { difference } }: Compared) {
  if ('unsaid' in difference) return []
  const { estimate, low, high } = difference
  const interval = low === null || high === null ? {} : { low: low * 100, high: high * 100 }
  return [{ name: system.name, value: estimate * 100, ...interval }]
}
