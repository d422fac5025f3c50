import { equalGroups } from '../../metrics/equal-groups.ts'
import { intervalScore } from '../../metrics/interval-score.ts'
import { pinballLoss, pinballSkill } from '../../metrics/pinball.ts'
import { wilsonInterval } from '../../metrics/wilson.ts'
import { quantile } from '../../regress/quantile.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { dotsOf } from '../dots.ts'
import { at, type Foreseen, knownPlaces, type Spans } from './foreseen.ts'

const DECILES = 10
const MOST_REPOSITORIES = 20
const NONE = unsaid('no run whose tokens are known')

/** Whether the 80 % range of total tokens holds, and how tight it is: by system, by repository and by size. */
export function calibrationBlocks(systems: readonly Foreseen[]): readonly Block[] {
  if (systems.length === 0) return []
  const bySystem = systems.map((system) => quality(system.name, system.total, knownPlaces(system.total)))
  return [
    {
      kind: 'figure',
      figure: {
        id: 'coverage',
        title: 'Runs inside the 80 % range, by system',
        alt: 'Share of runs whose total tokens lie inside the forecast range, with 95 % intervals; 80 % is what the range claims.',
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'runs inside the 80 % range', scale: 'share' },
          bars: bySystem.flatMap(([name, , coverage]) => dotsOf(coverage, { name: String(name) })),
          rules: [{ axis: 'x', at: 0.8, label: 'claimed' }],
        },
      },
      table: {
        id: 'coverage-by-system',
        title: 'The 80 % range of total tokens, by system',
        columns: COLUMNS,
        rows: bySystem,
        note: 'Covered: between p10 and p90, Wilson’s interval. High : low: the middle ratio of p90 to p10. Interval score (Gneiting and Raftery 2007) of log10 tokens: width and a penalty for misses, lower is better. Saved: pinball loss of p10, p50 and p90 saved against the quantiles of the actual values themselves, which nobody knows beforehand: above 0 the features are worth something.',
      },
    },
    groupTable('coverage-by-repository', 'by repository', systems.flatMap(repositoryGroups)),
    groupTable('coverage-by-size', 'by size of the forecast', sizeGroups(systems)),
  ]
}

const COLUMNS: readonly Column[] = [
  { key: 'group', head: 'group', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'coverage', head: 'covered', unit: 'share' },
  { key: 'below', head: 'below', unit: 'share' },
  { key: 'above', head: 'above', unit: 'share' },
  { key: 'high_to_low', head: 'high : low', unit: 'factor' },
  { key: 'interval_score', head: 'interval score', unit: 'number' },
  { key: 'pinball_saved', head: 'saved', unit: 'share' },
]

/** The places of one system that belong together. */
interface Group {
  readonly name: string
  readonly spans: Spans
  readonly places: readonly number[]
}

function groupTable(id: string, how: string, groups: readonly Group[]): Block {
  const merged = Map.groupBy(groups, ({ name }) => name)
  const rows = [...merged]
    .map(([name, parts]) => coverageRow(name, parts))
    .sort((a, b) => (b[1] as number) - (a[1] as number))
    .slice(0, MOST_REPOSITORIES)
  return {
    kind: 'table',
    table: {
      id,
      title: `The 80 % range of total tokens, ${how}`,
      columns: COLUMNS.slice(0, 5),
      rows,
      note: 'Over all systems. A range that holds on the whole may fail for a part: look for groups whose interval does not reach 80 %.',
    },
  }
}

function repositoryGroups({ total, repositories }: Foreseen): readonly Group[] {
  const places = Map.groupBy(knownPlaces(total), (i) => repositories[i] ?? '')
  return [...places].map(([name, own]) => ({ name, spans: total, places: own }))
}

/** Tenths of each system by the forecast, so that a system's level does not decide. */
function sizeGroups(systems: readonly Foreseen[]): readonly Group[] {
  return systems.flatMap(({ total }) => {
    const places = knownPlaces(total)
    if (places.length < DECILES) return []
    const tenth = equalGroups(at(total.p50, places), DECILES)
    return Array.from({ length: DECILES }, (_, k) => ({
      name: `tenth ${String(k + 1).padStart(2, '0')}`,
      spans: total,
      places: places.filter((_, i) => tenth[i] === k),
    }))
  })
}

/** How often the actual lies below, inside and above. */
function tally(groups: readonly Pick<Group, 'spans' | 'places'>[]): readonly [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0]
  for (const { spans, places } of groups) {
    for (const i of places) {
      const actual = spans.actual[i] as number
      counts[actual < (spans.p10[i] as number) ? 0 : actual > (spans.p90[i] as number) ? 2 : 1]++
    }
  }
  return counts
}

function coverageRow(name: string, groups: readonly Pick<Group, 'spans' | 'places'>[]): readonly Cell[] {
  const [below, inside, above] = tally(groups)
  const runs = below + inside + above
  if (runs === 0) return [name, 0, NONE, NONE, NONE]
  return [
    name,
    runs,
    measured(inside / runs, wilsonInterval(inside, runs), runs),
    measured(below / runs, null, runs),
    measured(above / runs, null, runs),
  ]
}

function quality(name: string, spans: Spans, places: readonly number[]): readonly Cell[] {
  const head = coverageRow(name, [{ spans, places }])
  if (places.length === 0) return [...head, NONE, NONE, NONE]
  const log = (column: Float64Array) => at(column, places).map(Math.log10)
  const [low, middle, high, actual] = [spans.p10, spans.p50, spans.p90, spans.actual].map(log) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const widths = high.map((value, i) => value - (low[i] as number))
  const loss = (of: readonly (readonly [Float64Array, number])[]) =>
    of.reduce((sum, [predicted, p]) => sum + pinballLoss(actual, predicted, p), 0)
  const hindsight = (p: number): Float64Array => new Float64Array(actual.length).fill(quantile(actual, p))
  const levels = [0.1, 0.5, 0.9] as const
  const [ours, best] = [
    loss([low, middle, high].map((predicted, k) => [predicted, levels[k] as number])),
    loss(levels.map((p) => [hindsight(p), p])),
  ]
  return [
    ...head,
    10 ** quantile(widths, 0.5),
    intervalScore(actual, { low, high }, 0.8),
    attempt((): Cell => pinballSkill(ours, best)),
  ]
}
