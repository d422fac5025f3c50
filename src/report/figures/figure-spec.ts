import type { Chart, Figure } from '../figure.ts'
import { barsSpec } from './bars.ts'
import { type Drawing, drawing } from './drawing.ts'
import { figureWidth } from './figure-width.ts'
import { heatSpec } from './heat.ts'
import type { FigureSpec } from './layers.ts'
import { limitChart } from './limits.ts'
import { linesSpec } from './lines.ts'
import { pointsSpec } from './points.ts'
import type { Fonts } from './read-fonts.ts'
import { stacksSpec } from './stacks.ts'

/** A figure as a Vega-Lite specification, data included; the fonts say how wide words are. */
export function figureSpec(figure: Figure, fonts: Fonts): FigureSpec {
  const { chart } = limitChart(figure)
  return chartSpec(chart, drawing(fonts, figureWidth(chart)))
}

function chartSpec(chart: Chart, tools: Drawing): FigureSpec {
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
