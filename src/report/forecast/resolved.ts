import { brierScore } from '../../metrics/brier.ts'
import { reliabilityTable } from '../../metrics/reliability.ts'
import { measured } from '../cells.ts'
import type { Block, Cell } from '../document.ts'
import type { Foreseen } from './foreseen.ts'

const LEAST_RUNS = 20

/** Whether the chance of being resolved is what it says; nothing for fewer than 20 runs. */
export function resolvedBlocks(systems: readonly Foreseen[]): readonly Block[] {
  const pairs = systems.flatMap(({ resolved: { forecast, actual } }) =>
    [...actual.keys()]
      .filter((i) => !Number.isNaN((actual[i] as number) + (forecast[i] as number)))
      .map((i) => [forecast[i] as number, actual[i] as number] as const),
  )
  if (pairs.length < LEAST_RUNS) return []
  const [said, came] = [pairs.map(([p]) => p), pairs.map(([, y]) => y)]
  const rate = came.reduce((sum, one) => sum + one, 0) / came.length
  const bins = reliabilityTable(said, came, 5)
  const [ours, constant] = [
    brierScore(said, came),
    brierScore(
      came.map(() => rate),
      came,
    ),
  ]
  return [
    {
      kind: 'figure',
      figure: {
        id: 'resolved-reliability',
        title: 'Chance of being resolved, forecast and seen',
        alt: 'For fifths of the runs by the forecast chance, the share that was resolved; on the line both are equal.',
        chart: {
          kind: 'points',
          x: { title: 'forecast chance', scale: 'share' },
          y: { title: 'runs resolved', scale: 'share' },
          diagonal: true,
          points: bins.map(({ predicted, observed, interval }) => ({
            x: predicted,
            y: observed,
            series: 'all systems',
            low: interval.low,
            high: interval.high,
          })),
        },
      },
      table: {
        id: 'resolved-reliability-table',
        title: 'Chance of being resolved',
        columns: [
          { key: 'runs', head: 'runs', unit: 'count' },
          { key: 'forecast', head: 'forecast', unit: 'share' },
          { key: 'resolved', head: 'resolved', unit: 'share' },
        ],
        rows: bins.map(({ rows, predicted, observed, interval }): readonly Cell[] => [
          rows,
          predicted,
          measured(observed, interval, rows),
        ]),
        note: `Fifths of the runs by the forecast chance; Wilson’s intervals. Brier score ${ours.toFixed(3)}, against ${constant.toFixed(3)} for always saying the share that was resolved.`,
      },
    },
  ]
}
