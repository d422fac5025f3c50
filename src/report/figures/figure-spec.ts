import type { Chart, Figure } from '../figure.ts'
import { barsSpec } from './bars.ts'
import { type Drawing, drawing } from './drawing.ts'
import { figureWidth } from './figure-width.ts'
import type { Specified } from './frame.ts'
import { heatSpec } from './heat.ts'
import { limitChart } from './limits.ts'
import { linesSpec } from './lines.ts'
import { pointsSpec } from './points.ts'
import type { Fonts } from './read-fonts.ts'
import { stacksSpec } from './stacks.ts'

/** A figure as a Vega-Lite specification, data included; the fonts say how wide words are. */
export function figureSpec(figure: Figure, fonts: Fonts): Specified {
  const limited = limitChart(figure)
  const { spec, notes } = chartSpec(limited.chart, drawing(fonts, figureWidth(limited.chart)))
  return { spec, notes: [...limited.notes, ...notes] }
}

function chartSpec(chart: Chart, tools: Drawing): Specified {
  switch (chart.kind) {
    case 'points':
      return pointsSpec(chart, tools)
    case 'lines':
      return linesSpec(chart, tools)
    case 'bars':
      return barsSpec(chart, tools)
    case 'stacks':
      return stacksSpec(chart, tools)
    case 'heat':
      return heatSpec(chart, tools)
  }
  return chart satisfies never
}
