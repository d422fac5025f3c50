import { wilsonInterval } from '../../metrics/wilson.ts'
import { quantile } from '../../regress/quantile.ts'
import { measured } from '../cells.ts'
import type { Block, Cell } from '../document.ts'
import { type Foreseen, knownPlaces } from './foreseen.ts'

const DAY_MS = 86_400_000
const MOST_PERIODS = 16

interface Period {
  readonly from: string
  readonly runs: number
  readonly inside: number
  /** Median of actual over forecast. */
  readonly bias: number
}

/** Forecast against actual over time: whether forecasts drift. Nothing where all were made in one period. */
export function overTimeBlocks(systems: readonly Foreseen[]): readonly Block[] {
  const periods = periodsOf(systems)
  if (periods.length < 2) return []
  return [
    {
      kind: 'figure',
      figure: {
        id: 'forecast-over-time',
        title: 'Actual over forecast, over time',
        alt: 'The median of actual over forecast total tokens in each period; 1 is no bias.',
        chart: {
          kind: 'lines',
          x: { title: 'period in which the forecast was made', scale: 'linear' },
          y: { title: 'median of actual : forecast', scale: 'log' },
          lines: [{ series: 'all systems', points: periods.map(({ bias }, k) => ({ x: k + 1, y: bias })) }],
          rules: [{ axis: 'y', at: 1, label: 'no bias' }],
        },
      },
      table: {
        id: 'forecast-over-time-table',
        title: 'Forecasts over time',
        columns: [
          { key: 'from', head: 'from', unit: 'text' },
          { key: 'runs', head: 'runs', unit: 'count' },
          { key: 'coverage', head: '80 % range covered', unit: 'share' },
          { key: 'bias', head: 'actual : forecast', unit: 'factor' },
        ],
        rows: periods.map(({ from, runs, inside, bias }): readonly Cell[] => [
          from,
          runs,
          measured(inside / runs, wilsonInterval(inside, runs), runs),
          bias,
        ]),
        note: 'By the day on which the forecast was made, in periods of equal length. Total tokens, all systems; bias is the median, so that single runs do not decide.',
      },
    },
  ]
}

function periodsOf(systems: readonly Foreseen[]): readonly Period[] {
  const runs = systems.flatMap(({ madeMs, total }) =>
    knownPlaces(total).map((i) => ({
      day: Math.floor((madeMs[i] as number) / DAY_MS),
      factor: (total.actual[i] as number) / (total.p50[i] as number),
      isInside:
        (total.actual[i] as number) >= (total.p10[i] as number) &&
        (total.actual[i] as number) <= (total.p90[i] as number),
    })),
  )
  if (runs.length === 0) return []
  const [first, last] = runs.reduce(
    ([low, high], { day }) => [Math.min(low, day), Math.max(high, day)] as [number, number],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
  )
  const span = Math.ceil((last - first + 1) / MOST_PERIODS)
  const groups = Map.groupBy(runs, ({ day }) => Math.floor((day - first) / span))
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([period, own]) => ({
      from: new Date((first + period * span) * DAY_MS).toISOString().slice(0, 10),
      runs: own.length,
      inside: own.filter(({ isInside }) => isInside).length,
      bias: quantile(
        Float64Array.from(own, ({ factor }) => factor),
        0.5,
      ),
    }))
}
