import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { varianceBlocks } from '../../../../src/report/consumption/variance.ts'
import {
  figureOf,
  type MadeRow,
  madeSubject,
  onlyField,
  reasonOf,
  rowsOf,
  tableOf,
} from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

const variance = (rows: readonly MadeRow[]) => {
  const subject = madeSubject(rows)
  return varianceBlocks(subject, onlyField(subject))
}

/** Total tokens of the runs of each task. */
const TOKENS = [[100, 200, 300], [50, 50, 50], [1000, 400], [7]]
const RUNS = TOKENS.flatMap((tokens, task) =>
  tokens.map((total): MadeRow => ({ task: `t-${task}`, input: total - 5, output: 5, costUsd: total / 100 })),
)

function cv(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1)) / mean
}

describe('the spread of runs of one task', () => {
  const repeated = TOKENS.filter(({ length }) => length > 1)
  const { 'a · m': row = {} } = rowsOf(tableOf(variance(RUNS), 'variance'))

  it('is the mean over tasks with repeats of the standard deviation over the mean', () => {
    const mean = repeated.reduce((sum, values) => sum + cv(values), 0) / repeated.length
    assert.equal(row.tasks, 3)
    close([figureOf(row.cv_total), figureOf(row.cv_cost)], [mean, mean])
    assert.equal(figureOf(row.cv_output), 0)
  })

  it('is told as the most over the least, on average and at the greatest, never below 1', () => {
    close([figureOf(row.ratio_mean), figureOf(row.ratio_greatest)], [(3 + 1 + 2.5) / 3, 3])
    const { ratio_mean: ratio } = row
    assert.ok(typeof ratio === 'object' && 'low' in ratio && (ratio.low ?? 0) >= 1)
  })

  it('is the share of the variance between tasks, by the one-way analysis of variance', () => {
    // Two tasks of two runs: logs 2, 3 and 4, 5: between = 4, within = .5: (4 − .5) / (4 + .5).
    const runs = [100, 1000, 10_000, 100_000].map(
      (total, i): MadeRow => ({ task: `t-${i >> 1}`, input: total, output: 0 }),
    )
    const { 'a · m': found = {} } = rowsOf(tableOf(variance(runs), 'variance'))
    close([figureOf(found.icc_log_total)], [3.5 / 4.5])
  })

  it('is not told without repeats, and says what is lacking', () => {
    assert.deepEqual(variance([{ task: 't', input: 1, output: 1 }]), [])
    const { 'a · m': found = {} } = rowsOf(
      tableOf(variance([1, 2].map((usd) => ({ task: 't', costUsd: usd }))), 'variance'),
    )
    close([figureOf(found.cv_cost)], [cv([1, 2])])
    assert.equal(reasonOf(found.cv_total), 'no task with two known runs')
  })

  it('takes no run of which only the least is known', () => {
    const { 'a · m': found = {} } = rowsOf(
      tableOf(
        variance([
          ...RUNS.slice(0, 1),
          { task: 't-0', input: 9, output: 9, costUsd: 7, incomplete: true },
          ...RUNS.slice(6),
        ]),
        'variance',
      ),
    )
    assert.deepEqual([found.tasks, figureOf(found.ratio_greatest), figureOf(found.cv_output)], [1, 2.5, 0])
  })

  it('draws each task with its mean, from the cheapest to the dearest', () => {
    const [block] = variance(RUNS)
    assert.ok(block?.kind === 'figure' && block.figure.chart.kind === 'points')
    assert.deepEqual(
      block.figure.chart.points.map(({ y }) => y),
      [50, 200, 700],
    )
    assert.ok(block.figure.chart.points.every(({ y, low = y, high = y }) => low > 0 && low <= y && y <= high))
  })
})
