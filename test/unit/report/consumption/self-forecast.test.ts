import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SpendSplit, TaskMean } from '../../../../src/learn/corpus-means.ts'
import { meansOfCorpus, selfForecastsOfCorpus } from '../../../../src/report/consumption/corpus-means.ts'
import { selfForecastBlocks, selfForecastWords } from '../../../../src/report/consumption/self-forecast.ts'
import { publishedOf } from '../../../../src/report/reproduction/published.ts'
import { figureOf, reasonOf, rowsOf, tableOf } from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

const mean = (task: string, model: string, more: Partial<TaskMean>): TaskMean => ({
  benchmark: 'made',
  task,
  agent: 'openhands',
  model,
  over: 'all',
  inputTokens: 0,
  outputTokens: 0,
  calls: null,
  costUsd: null,
  selfInputTokens: null,
  selfOutputTokens: null,
  selfCostUsd: null,
  ...more,
})

/** What was spent, what was forecast and what asking cost, of five tasks. */
const SPENT = [1000, 4000, 2000, 9000, 5000]
const ASKED = [900, 0, 2500, 4000, 6000]
const MEANS = SPENT.map((spent, i) =>
  mean(`t-${i}`, 'x', {
    inputTokens: spent * 10,
    outputTokens: spent,
    costUsd: i === 4 ? 0 : spent / 1000,
    selfInputTokens: (ASKED[i] ?? 0) * 3,
    selfOutputTokens: ASKED[i] ?? 0,
    selfCostUsd: 0.5 * (i + 1),
  }),
)
const SPLITS: readonly SpendSplit[] = [
  { task: 't-0', model: 'x', resolved: 3, isExact: true, succeeded: null, failed: null },
  { task: 't-1', model: 'x', resolved: 4, isExact: false, succeeded: null, failed: null },
]

/** Pearson's r by sums. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const n = x.length
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0)
  const [a, b] = [sum((i) => x[i] ?? 0), sum((i) => y[i] ?? 0)]
  const xy = n * sum((i) => (x[i] ?? 0) * (y[i] ?? 0)) - a * b
  const xx = n * sum((i) => (x[i] ?? 0) ** 2) - a * a
  const yy = n * sum((i) => (y[i] ?? 0) ** 2) - b * b
  return xy / Math.sqrt(xx * yy)
}

describe('means of a corpus', () => {
  const rows = [
    ...MEANS,
    mean('t-0', 'y', { inputTokens: 7, outputTokens: 1 }),
    mean('t-0', 'x', { over: 'resolved' }),
  ]

  it('are one system for each model, over all runs only, with what is known for sure', () => {
    const [x, y] = meansOfCorpus(rows, SPLITS)
    assert.deepEqual([x?.name, y?.name], ['openhands · x', 'openhands · y'])
    assert.deepEqual(
      [...(x?.total ?? [])],
      SPENT.map((spent) => spent * 11),
    )
    assert.deepEqual([...(x?.accuracy ?? [])].slice(0, 3), [0.75, Number.NaN, Number.NaN])
    assert.deepEqual([...(x?.usd ?? [])].slice(3), [9, Number.NaN])
  })

  it('have forecasts of the models that were asked', () => {
    assert.deepEqual(
      selfForecastsOfCorpus(rows, SPLITS).map(({ model }) => model),
      ['x'],
    )
  })
})

describe('what models foretell of themselves', () => {
  const models = selfForecastsOfCorpus(MEANS, SPLITS)
  const published = publishedOf([
    { study: 'spending', row: 'x', figure: 'r_output_raw', value: 0.2 },
    { study: 'spending', row: 'x', figure: 'forecast_cost_to_task_cost', value: 0.9 },
  ])
  const blocks = selfForecastBlocks(models, published)
  const logs = (values: readonly number[]) => values.map((value) => Math.log10(Math.max(1, value)))

  it('is r over tasks, exact and of logarithms, an answer of 0 taken as 1', () => {
    const { x: row = {} } = rowsOf(tableOf(blocks, 'self-forecast-table'))
    assert.deepEqual([row.tasks, row.zero_answers], [5, 1])
    close(
      [row.r_input_raw, row.r_output_raw, row.r_output_log, row.r_total_raw, row.r_total_log].map(figureOf),
      [
        pearson(ASKED, SPENT),
        pearson(ASKED, SPENT),
        pearson(logs(ASKED), logs(SPENT)),
        pearson(ASKED, SPENT),
        pearson(logs(ASKED.map((asked) => asked * 4)), logs(SPENT.map((spent) => spent * 11))),
      ],
      1e-9,
    )
    assert.equal(row.r_output_published, 0.2)
    assert.equal(reasonOf(row.r_input_published), 'not published')
  })

  it('costs so much of the run: over all tasks, and as the mean of the ratios of each', () => {
    const { x: row = {} } = rowsOf(tableOf(blocks, 'self-forecast-cost'))
    // A recorded cost of 0 is a missing price: four tasks are left.
    const [asked, spent] = [
      [0.5, 1, 1.5, 2],
      [1, 4, 2, 9],
    ]
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    assert.equal(row.tasks, 4)
    close([row.forecast_usd, row.ratio_of_means, row.mean_of_ratios].map(figureOf), [
      sum(asked) / 4,
      sum(asked) / sum(spent),
      sum(asked.map((usd, i) => usd / (spent[i] ?? 1))) / 4,
    ])
    assert.equal(row.ratio_published, 0.9)
  })

  it('is summed up with the published range, and why that is lower', () => {
    const [words = ''] = selfForecastWords(models, published)
    assert.match(
      words,
      /^Asked beforehand, 1 model foretells its own output tokens with r = \.\d\d from task to task\./,
    )
    assert.match(
      words,
      /Published is \.20: the mean of the r of single forecasts, where ours is the r of the mean of three/,
    )
    assert.deepEqual(selfForecastWords([], published), [])
    assert.deepEqual(selfForecastBlocks([], published), [])
  })
})
