import { clusteredRatio } from '../../metrics/clustered-ratio.ts'
import { sum } from '../../metrics/sum.ts'
import { attempt, estimateOf, measured, unsaid } from '../cells.ts'
import { correlation } from '../correlation.ts'
import type { Block, Cell, Column } from '../document.ts'
import { dotsOf } from '../dots.ts'
import { meanOf } from '../figures-of-sample.ts'
import { amountText } from '../report-cell.ts'
import { type Published, publishedFigure } from '../reproduction/published.ts'
import type { TaskMeans } from './task-means.ts'

/** What a model spent on tasks and what it had forecast of itself; NaN = not asked. */
export interface SelfForecasts {
  /** As published: `gpt-5`. */
  readonly model: string
  readonly actual: TaskMeans
  readonly input: Float64Array
  readonly output: Float64Array
  /** Dollars that making the forecast cost. */
  readonly usd: Float64Array
}

const STUDY = 'spending'

const COLUMNS: readonly Column[] = [
  { key: 'model', head: 'model', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'zero_answers', head: 'answers of 0', unit: 'count' },
  { key: 'r_input_raw', head: 'input, exact', unit: 'r' },
  { key: 'r_input_published', head: 'published', unit: 'r' },
  { key: 'r_output_raw', head: 'output, exact', unit: 'r' },
  { key: 'r_output_published', head: 'published', unit: 'r' },
  { key: 'r_output_log', head: 'output, log', unit: 'r' },
  { key: 'r_total_raw', head: 'total, exact', unit: 'r' },
  { key: 'r_total_log', head: 'total, log', unit: 'r' },
]

/** In plain words how well models foretell their own spending, and why a published figure is lower; none without models. */
export function selfForecastWords(models: readonly SelfForecasts[], published: Published): readonly string[] {
  const ours = models.flatMap((model) => estimateOf(outputCorrelation(model)) ?? [])
  if (ours.length === 0) return []
  const told = models.flatMap(({ model }) => publishedFigure(published, STUDY, [model, 'r_output_raw']) ?? [])
  const beside =
    told.length === 0
      ? ''
      : ` Published ${told.length === 1 ? 'is' : 'are'} ${range(told)}: the mean of the r of single forecasts, where ours is the r of the mean of three, which has less noise.`
  const who = ours.length === 1 ? '1 model foretells its' : `${ours.length} models foretell their`
  return [`Asked beforehand, ${who} own output tokens with r = ${range(ours)} from task to task.${beside}`]
}

const range = (all: readonly number[]): string =>
  [...new Set([Math.min(...all), Math.max(...all)].map((r) => amountText(r, 'r')))].join(' to ')

const outputCorrelation = ({ actual, output }: SelfForecasts): Cell =>
  onKnown(output, actual.output, (values) => values)

/** How well models foretell their own spending: r per model, never pooled. */
export function selfForecastBlocks(models: readonly SelfForecasts[], published: Published): readonly Block[] {
  if (models.length === 0) return []
  const rows = models.map((model) => row(model, published))
  return [
    {
      kind: 'figure',
      figure: {
        id: 'self-forecast',
        title: 'What models foretell of their own spending',
        alt: 'Pearson correlation of forecast and actual tokens for each model, log scale, with 95 % intervals.',
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'Pearson r of log tokens', scale: 'linear' },
          bars: rows.flatMap((cells) => [
            ...dotsOf(cells[7], { name: String(cells[0]), series: 'output' }),
            ...dotsOf(cells[9], { name: String(cells[0]), series: 'total' }),
          ]),
        },
      },
      table: {
        id: 'self-forecast-table',
        title: 'r of a model’s own forecast and its actual tokens',
        columns: COLUMNS,
        rows,
        note: 'Over tasks, within each model; the mean of three forecasts against the mean of four runs. Log: of the logarithm, an answer of 0 tokens taken as 1. Intervals 95 %, Fisher’s z. Published: figure 7 of arXiv 2604.22750, two decimals, 500 tasks, 99 of which are not at hand. It is lower because it is another figure: the mean of the r of three single forecasts, where ours is the r of their mean. Averaging takes the noise of the single answer out, so the more the three differ, the higher the r of their mean (Spearman 1910, Brown 1910).',
      },
    },
    costBlock(models, published),
  ]
}

function row({ model, actual, input, output }: SelfForecasts, published: Published): readonly Cell[] {
  const asked = input.map((tokens, i) => tokens + (output[i] as number))
  const log = (values: Float64Array) => values.map((value) => Math.log10(Math.max(1, value)))
  const exact = (forecast: Float64Array, spent: Float64Array) => onKnown(forecast, spent, (values) => values)
  const logged = (forecast: Float64Array, spent: Float64Array) => onKnown(forecast, spent, log)
  const told = (figure: string): Cell =>
    publishedFigure(published, STUDY, [model, figure]) ?? unsaid('not published')
  return [
    model,
    asked.filter((value) => !Number.isNaN(value)).length,
    output.filter((value) => value === 0).length,
    exact(input, actual.input),
    told('r_input_raw'),
    exact(output, actual.output),
    told('r_output_raw'),
    logged(output, actual.output),
    exact(asked, actual.total),
    logged(asked, actual.total),
  ]
}

function onKnown(
  forecast: Float64Array,
  spent: Float64Array,
  shape: (values: Float64Array) => Float64Array,
): Cell {
  const both = forecast.map((value, i) => value + (spent[i] as number))
  const pick = (values: Float64Array) => values.filter((_, i) => !Number.isNaN(both[i]))
  return correlation(shape(pick(forecast)), shape(pick(spent)))
}

/** What a forecast costs beside the run that it is of. */
function costBlock(models: readonly SelfForecasts[], published: Published): Block {
  return {
    kind: 'table',
    table: {
      id: 'self-forecast-cost',
      title: 'What asking the model costs, against the run',
      columns: [
        { key: 'model', head: 'model', unit: 'text' },
        { key: 'tasks', head: 'tasks', unit: 'count' },
        { key: 'forecast_usd', head: 'a forecast', unit: 'usd' },
        { key: 'ratio_of_means', head: 'forecast : run, all tasks', unit: 'factor' },
        { key: 'mean_of_ratios', head: 'mean over tasks', unit: 'factor' },
        { key: 'ratio_published', head: 'published', unit: 'factor' },
      ],
      rows: models.map((model) => costRow(model, published)),
      note: 'All tasks: what all forecasts cost over what all runs cost. Mean over tasks: the mean of the ratio of each task, which is what the publication gives; cheap runs weigh more in it. Intervals 95 %, over tasks. Dollars as recorded with the runs: those of Anthropic models bill writes to the cache twice, which makes the run look dearer and the ratio smaller than it is; a recorded 0 is a missing price and left out.',
    },
  }
}

function costRow({ model, actual, usd }: SelfForecasts, published: Published): readonly Cell[] {
  const both = Int32Array.from(usd.keys()).filter(
    (i) => (usd[i] as number) > 0 && (actual.usd[i] as number) > 0,
  )
  const told = publishedFigure(published, STUDY, [model, 'forecast_cost_to_task_cost'])
  const pick = (column: Float64Array) => Float64Array.from(both, (i) => column[i] as number)
  const [asked, spent] = [pick(usd), pick(actual.usd)]
  const nothing = both.length === 0 ? unsaid('no cost recorded') : null
  const tasks = Int32Array.from(both.keys())
  return [
    model,
    both.length,
    nothing ?? meanOf({ values: asked, tasks }),
    nothing ?? ratioOfMeans(asked, spent),
    nothing ?? meanOf({ values: asked.map((dollars, i) => dollars / (spent[i] as number)), tasks }),
    told ?? unsaid('not published'),
  ]
}

function ratioOfMeans(asked: Float64Array, spent: Float64Array): Cell {
  const codes = Int32Array.from(asked.keys())
  const found = attempt(() => clusteredRatio({ numerators: asked, denominators: spent, codes }))
  return 'unsaid' in found
    ? measured(sum(asked) / sum(spent), null, asked.length)
    : measured(found.estimate, found, asked.length)
}
