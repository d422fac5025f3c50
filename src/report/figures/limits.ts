import type {
  Axis,
  BarsChart,
  Chart,
  Figure,
  HeatChart,
  LinesChart,
  Point,
  PointsChart,
  StacksChart,
} from '../figure.ts'
import { assertDrawable } from './drawable.ts'
import { distinct } from './drawing.ts'
import { MOST_BANDS } from './lines.ts'
import { MOST_PARTS } from './theme.ts'
import { thinned } from './thinning.ts'

/** A chart that can be drawn and read, and in sentences what of it is left out. */
export interface Limited<C = Chart> {
  readonly chart: C
  readonly notes: readonly string[]
}

const MOST_POINTS = 1500
/** Error bars of more marks hide the marks. */
const MOST_INTERVALS = 60
const INTERVALS_HIDE = 'Intervals are not drawn: they would hide one another.'
const MOST_SERIES = 24
const MOST_BARS = 60
const MOST_STACKS = 40
const MOST_CELLS = { rows: 40, columns: 12 }

/** No figure grows without bound, and none hides that it was cut. @throws Error on a value that is not finite. */
export function limitChart(figure: Figure): Limited {
  assertDrawable(figure)
  const { chart } = figure
  switch (chart.kind) {
    case 'points':
      return limitPoints(chart)
    case 'lines':
      return limitLines(chart)
    case 'bars':
      return limitBars(chart)
    case 'stacks':
      return limitStacks(chart)
    case 'heat':
      return limitHeat(chart)
  }
  return chart satisfies never
}

const on = ({ scale }: Axis, value: number): boolean => scale !== 'log' || value > 0

function limitPoints(chart: PointsChart): Limited<PointsChart> {
  const possible = chart.points.filter(({ x, y }) => on(chart.x, x) && on(chart.y, y))
  const series = new Set(distinct(possible.map((point) => point.series)).slice(0, MOST_SERIES))
  const of = possible.filter((point) => series.has(point.series))
  const drawn = every(of, MOST_POINTS)
  const crowded = drawn.length > MOST_INTERVALS && drawn.some(hasInterval)
  const points = crowded
    ? drawn.map(({ x, y, series, label }) => ({ x, y, series, ...(label === undefined ? {} : { label }) }))
    : drawn
  const rules = (chart.rules ?? []).filter(({ axis, at }) => on(axis === 'x' ? chart.x : chart.y, at))
  return {
    chart: { ...chart, points, rules },
    notes: [
      ...lacking(
        chart.points.length - possible.length,
        'marks at 0 or below are not on the logarithmic axis',
      ),
      ...fewer(of.length, possible.length, `marks are those of the first ${MOST_SERIES} series`),
      ...fewer(points.length, of.length, 'marks are drawn, evenly chosen'),
      ...(crowded ? [INTERVALS_HIDE] : []),
    ],
  }
}

const hasInterval = ({ low, high, xLow, xHigh }: Point): boolean =>
  [low, high, xLow, xHigh].some((end) => end !== undefined)

function limitLines(chart: LinesChart): Limited<LinesChart> {
  const kept = chart.lines.slice(0, MOST_SERIES)
  const lines = kept.map((line) => ({
    ...line,
    points: thinned(
      line.points.filter(({ x, y }) => on(chart.x, x) && on(chart.y, y)),
      chart.x.scale === 'log',
    ),
  }))
  const count = (of: LinesChart['lines']) =>
    of.reduce(
      (sum, { points }) => sum + points.filter(({ x, y }) => !on(chart.x, x) || !on(chart.y, y)).length,
      0,
    )
  const banded = kept.some(({ points }) => points.some(({ low }) => low !== undefined))
  const rules = (chart.rules ?? []).filter(({ axis, at }) => on(axis === 'x' ? chart.x : chart.y, at))
  return {
    chart: { ...chart, lines, rules },
    notes: [
      ...lacking(count(kept), 'points at 0 or below are not on the logarithmic axis'),
      ...fewer(kept.length, chart.lines.length, 'lines are drawn'),
      ...(banded && kept.length > MOST_BANDS ? [INTERVALS_HIDE] : []),
    ],
  }
}

function limitBars(chart: BarsChart): Limited<BarsChart> {
  const possible = chart.bars.filter(({ value }) => on(chart.value, value))
  const names = distinct(possible.map(({ name }) => name))
  const series = distinct(possible.map((bar) => bar.series ?? '')).slice(0, MOST_PARTS)
  const rows = new Set(names.slice(0, Math.max(1, Math.floor((2 * MOST_BARS) / (1 + series.length)))))
  const bars = possible.filter((bar) => rows.has(bar.name) && series.includes(bar.series ?? ''))
  const rules = (chart.rules ?? []).filter(({ at }) => on(chart.value, at))
  return {
    chart: { ...chart, bars, rules },
    notes: [
      ...lacking(chart.bars.length - possible.length, 'values at 0 or below are not on the logarithmic axis'),
      ...fewer(bars.length, possible.length, 'values are drawn'),
    ],
  }
}

function limitStacks(chart: StacksChart): Limited<StacksChart> {
  const kept = chart.stacks.slice(0, MOST_STACKS)
  const series = distinct(kept.flatMap(({ parts }) => parts.map((part) => part.series)))
  const named = new Set(series.length <= MOST_PARTS ? series : series.slice(0, MOST_PARTS - 1))
  const stacks = kept.map(({ name, parts }) => {
    const rest = parts.filter((part) => !named.has(part.series)).reduce((sum, { value }) => sum + value, 0)
    const other = series.length <= MOST_PARTS ? [] : [{ series: 'all other', value: rest }]
    return { name, parts: [...parts.filter((part) => named.has(part.series)), ...other] }
  })
  return {
    chart: { ...chart, stacks },
    notes: [
      ...fewer(kept.length, chart.stacks.length, 'rows are drawn'),
      ...fewer(named.size, series.length, 'parts have a colour of their own'),
    ],
  }
}

function limitHeat(chart: HeatChart): Limited<HeatChart> {
  const rows = chart.rows.slice(0, MOST_CELLS.rows)
  const columns = chart.columns.slice(0, MOST_CELLS.columns)
  const cells = rows.flatMap((_, row) =>
    columns.map((_, column) => chart.cells[row * chart.columns.length + column] ?? { value: null, text: '' }),
  )
  return {
    chart: { ...chart, rows, columns, cells },
    notes: [
      ...fewer(rows.length, chart.rows.length, 'rows are drawn'),
      ...fewer(columns.length, chart.columns.length, 'columns are drawn'),
    ],
  }
}

/** Evenly chosen, first and last among them. */
function every<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, j) => all[Math.round((j * (all.length - 1)) / (most - 1))]).filter(
    (one) => one !== undefined,
  )
}

const lacking = (count: number, what: string): readonly string[] =>
  count === 0 ? [] : [`${count.toLocaleString('en-US')} ${what}.`]

const fewer = (shown: number, all: number, what: string): readonly string[] =>
  shown === all ? [] : [`${shown.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} ${what}.`]
