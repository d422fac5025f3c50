import type { Chart } from '../figure.ts'
import type { FigureWidth } from './theme.ts'

/** One column for what is legible in it, two for the rest. */
export function figureWidth(chart: Chart): FigureWidth {
  return fitsOneColumn(chart) ? 'single' : 'double'
}

const SHORT = 20

function fitsOneColumn(chart: Chart): boolean {
  switch (chart.kind) {
    case 'points':
      return (
        chart.points.filter(({ label }) => label !== undefined).length <= 6 &&
        short(
          chart.points.map(({ series }) => series),
          4,
        )
      )
    case 'lines':
      return short(
        chart.lines.map(({ series }) => series),
        4,
      )
    case 'bars':
      return (
        short(
          chart.bars.map(({ name }) => name),
          60,
        ) &&
        short(
          chart.bars.map(({ series = '' }) => series),
          3,
        )
      )
    case 'stacks':
      return false
    case 'heat':
      return chart.columns.length <= 3 && short(chart.rows, 60)
  }
  return chart satisfies never
}

const short = (names: readonly string[], most: number): boolean =>
  new Set(names).size <= most && names.every(({ length }) => length <= SHORT)
