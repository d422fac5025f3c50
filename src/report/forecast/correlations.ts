import { quantile } from '../../regress/quantile.ts'
import { correlation } from '../correlation.ts'
import type { Block, Cell, Column } from '../document.ts'
import { at, type Foreseen, knownPlaces, type Spans } from './foreseen.ts'

const MOST_POINTS = 400

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'r_output_raw', head: 'output, exact', unit: 'r' },
  { key: 'r_output_log', head: 'output, log', unit: 'r' },
  { key: 'r_total_raw', head: 'total, exact', unit: 'r' },
  { key: 'r_total_log', head: 'total, log', unit: 'r' },
  { key: 'typical_factor', head: 'typical factor', unit: 'factor' },
  { key: 'bias', head: 'actual : forecast', unit: 'factor' },
]

/** Forecast against actual: the figure of the points and r within each system. */
export function correlationBlocks(systems: readonly Foreseen[]): readonly Block[] {
  if (systems.length === 0) return []
  return [
    {
      kind: 'figure',
      figure: {
        id: 'forecast-against-actual',
        title: 'Forecast and actual total tokens',
        alt: 'Each run by its forecast and its actual total tokens; on the line both are equal.',
        chart: {
          kind: 'points',
          x: { title: 'forecast total tokens (middle)', scale: 'log' },
          y: { title: 'actual total tokens', scale: 'log' },
          diagonal: true,
          points: systems.flatMap((system) => pointsOf(system, Math.ceil(MOST_POINTS / systems.length))),
        },
      },
      table: {
        id: 'forecast-correlations',
        title: 'r of forecast and actual tokens, within each system',
        columns: COLUMNS,
        rows: systems.map(row),
        note: 'Pearson’s r, 95 % by Fisher’s z; systems are never pooled, since their levels alone would correlate. Typical factor: the median of forecast over actual or its inverse, whichever is larger, of total tokens. Actual : forecast: the median; above 1 the forecasts are too low.',
      },
    },
  ]
}

function row({ name, output, total }: Foreseen): readonly Cell[] {
  const [ofOutput, ofTotal] = [knownPlaces(output), knownPlaces(total)]
  const factors = ofTotal.map((i) => (total.actual[i] as number) / (total.p50[i] as number))
  return [
    name,
    ofTotal.length,
    correlated(output, ofOutput, (value) => value),
    correlated(output, ofOutput, Math.log10),
    correlated(total, ofTotal, (value) => value),
    correlated(total, ofTotal, Math.log10),
    medianCell(factors.map((factor) => Math.max(factor, 1 / factor))),
    medianCell(factors),
  ]
}

const correlated = (spans: Spans, places: readonly number[], shape: (value: number) => number): Cell =>
  correlation(at(spans.mean, places).map(shape), at(spans.actual, places).map(shape))

const medianCell = (values: readonly number[]): Cell =>
  values.length === 0 ? { unsaid: 'no run whose tokens are known' } : quantile(Float64Array.from(values), 0.5)

function pointsOf({ name, total }: Foreseen, most: number) {
  const places = knownPlaces(total)
  const step = Math.max(1, places.length / most)
  return Array.from({ length: Math.min(places.length, most) }, (_, k) => {
    const i = places[Math.floor(k * step)] as number
    return { x: total.p50[i] as number, y: total.actual[i] as number, series: name }
  })
}
