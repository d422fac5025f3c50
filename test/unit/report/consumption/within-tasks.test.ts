import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { costLevels, LEVELS } from '../../../../src/report/consumption/cost-levels.ts'
import { withinTasksBlocks } from '../../../../src/report/consumption/within-tasks.ts'
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

describe('levels of cost', () => {
  const levels = (costs: readonly number[], tasks: readonly number[]) =>
    [...costLevels(Float64Array.from(costs), Int32Array.from(tasks))].map((level) => LEVELS[level] ?? 'none')

  it('are the cheapest, the dearest, and those below, at and above the middle of their task', () => {
    assert.deepEqual(levels([5, 1, 3, 2, 4], [0, 0, 0, 0, 0]), ['most', 'least', 'middle', 'lower', 'upper'])
    assert.deepEqual(levels([4, 3, 2, 1], [0, 0, 0, 0]), ['most', 'upper', 'lower', 'least'])
    assert.deepEqual(levels([2, 1, 7, 9], [0, 0, 3, 3]), ['most', 'least', 'least', 'most'])
  })

  it('are none for tasks with one run, or whose runs all cost the same; equal ones keep their order', () => {
    assert.deepEqual(levels([7, 1, 2, 5, 5, 5], [0, 1, 1, 2, 2, 2]), [
      'none',
      'least',
      'most',
      'none',
      'none',
      'none',
    ])
    assert.deepEqual(levels([1, 1, 2], [0, 0, 0]), ['least', 'middle', 'most'])
  })
})

describe('cheap and dear runs of one task', () => {
  const within = (rows: readonly MadeRow[]) => {
    const subject = madeSubject(rows)
    return withinTasksBlocks(subject, onlyField(subject))
  }
  /** Three runs a task, the dearest last; resolved as given. */
  const runs = (resolved: readonly (readonly number[])[], model = 'm') =>
    resolved.flatMap((each, task) =>
      each.map(
        (one, k): MadeRow => ({
          task: `t-${task}`,
          model,
          outcome: one === 1 ? 'resolved' : 'failed',
          input: 100 * (task + 1) + 10 * k,
          output: 1,
        }),
      ),
    )
  const RESOLVED = [
    [1, 1, 0],
    [1, 0, 0],
    [0, 1, 0],
    [1, 1, 1],
    [0, 0, 0],
    [1, 1, 0],
  ]
  const rows = rowsOf(tableOf(within(runs(RESOLVED)), 'within-tasks'))

  it('have the accuracy of their level, and its difference from the least within the task', () => {
    assert.deepEqual(Object.keys(rows), ['least', 'middle', 'most'])
    const share = (k: number) => RESOLVED.filter((each) => each[k] === 1).length / RESOLVED.length
    for (const [k, level] of ['least', 'middle', 'most'].entries()) {
      close([figureOf(rows[level]?.resolution_rate)], [share(k)])
    }
    // Each task has every level once: the regression on tasks gives the differences of the means.
    close(
      [figureOf(rows.middle?.against_least), figureOf(rows.most?.against_least)],
      [share(1) - share(0), share(2) - share(0)],
    )
    assert.equal(reasonOf(rows.least?.against_least), 'it is the least')
  })

  it('are told of at least 5 tasks with repeats', () => {
    assert.deepEqual(within(runs(RESOLVED.slice(0, 4))), [])
    assert.equal(within(runs(RESOLVED.slice(0, 5))).length, 1)
    assert.deepEqual(within(runs(RESOLVED.map(([first = 0]) => [first]))), [])
  })

  it('that all end alike are no difference, and no failure', () => {
    const same = rowsOf(tableOf(within(runs(RESOLVED.map(() => [1, 1, 1]))), 'within-tasks'))
    assert.equal(figureOf(same.most?.against_least), 0)
    assert.equal(reasonOf(same.most?.p), 'all tasks tell the same')
  })

  it('that differ alike in every task have a difference without an interval', () => {
    const sure = rowsOf(tableOf(within(runs(RESOLVED.map(() => [1, 1, 0]))), 'within-tasks'))
    const { against_least: difference } = sure.most ?? {}
    assert.ok(typeof difference === 'object' && 'low' in difference)
    assert.deepEqual([difference.estimate, difference.low, difference.high], [-1, null, null])
    assert.equal(reasonOf(sure.most?.p), 'all tasks tell the same')
  })

  it('are ranked among those of the same system only', () => {
    const two = rowsOf(tableOf(within([...runs(RESOLVED, 'x'), ...runs(RESOLVED, 'y')]), 'within-tasks'))
    assert.deepEqual([two.least?.runs, two.middle?.runs, two.most?.runs], [12, 12, 12])
    close([figureOf(two.most?.against_least)], [figureOf(rows.most?.against_least)])
  })
})
