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
  readonly others: readonly Compared[]
}

export interface Compared {
  readonly system: System
  readonly difference: Difference
  /** Adjusted for the number of comparisons (Holm); null = not tested. */
  readonly p: number | null
  /** `tied`: not told apart from the best; null = nothing in common. */
  readonly verdict: 'tied' | 'less' | null
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
  const differences = rest.map(({ outcomes }) => differenceOf(outcomes, best.outcomes))
  const adjusted = adjust(differences.map(({ p }) => (typeof p === 'number' ? p : null)))
  return {
    best: best.system,
    others: rest.map(({ system }, i) => {
      const p = adjusted[i] ?? null
      return {
        system,
        difference: differences[i] as Difference,
        p,
        verdict: p === null ? null : p < ALPHA ? 'less' : 'tied',
      }
    }),
  }
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
  { key: 'verdict', head: '', unit: 'text' },
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
  const words = { tied: 'tied', less: 'resolves less' } as const
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

/** In plain words: who resolves most, and who is tied with it. */
export function comparisonWords({ benchmark }: Field, { best, others }: Comparison): string {
  const tied = others.filter(({ verdict }) => verdict === 'tied').map(({ system }) => system.name)
  const apart = others.filter(({ verdict }) => verdict === 'less').length
  const head = `On ${benchmark}, ${best.name} resolves most`
  if (tied.length === 0)
    return `${head}; the difference to each of the ${apart} others is larger than the noise.`
  const list =
    tied.length > 5 ? `${tied.slice(0, 5).join(', ')} and ${tied.length - 5} more` : tied.join(', ')
  return `${head}, but cannot be told apart from ${list}: a tie${apart > 0 ? `; ${apart} resolve less` : ''}.`
}
