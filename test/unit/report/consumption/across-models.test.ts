import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { acrossModelsBlocks } from '../../../../src/report/consumption/across-models.ts'
import { consumptionWords } from '../../../../src/report/consumption/consumption-words.ts'
import { taskMeansOf } from '../../../../src/report/consumption/task-means.ts'
import {
  figureOf,
  type MadeRow,
  madeSubject,
  onlyField,
  reasonOf,
  rowsOf,
  tableOf,
} from '../../../fixtures/report-subject.ts'

const meansOf = (rows: readonly MadeRow[]) => {
  const subject = madeSubject(rows)
  return onlyField(subject).systems.map((system) => taskMeansOf(subject, system))
}
const run = (model: string, task: string, total: number, resolved: boolean): MadeRow => ({
  model,
  task,
  input: total - 10,
  output: 10,
  costUsd: total / 100,
  outcome: resolved ? 'resolved' : 'failed',
})

/** x was tried on one task more; t-2 is resolved by x in one of two runs and by y never. */
const ROWS = [
  run('x', 't-1', 100, true),
  run('x', 't-2', 200, true),
  run('x', 't-2', 400, false),
  run('x', 't-3', 9000, true),
  run('y', 't-1', 1000, true),
  run('y', 't-2', 3000, false),
]

describe('systems side by side', () => {
  const rows = rowsOf(tableOf(acrossModelsBlocks('made', meansOf(ROWS)), 'across'))

  it('are compared on the tasks all were tried on, each task by the mean of its runs', () => {
    const { 'a · x': x = {}, 'a · y': y = {} } = rows
    assert.deepEqual([x.tasks, figureOf(x.total_tokens), figureOf(x.cost_usd)], [2, 200, 2])
    assert.deepEqual([y.tasks, figureOf(y.total_tokens)], [2, 2000])
    assert.equal(figureOf(x.input_to_output), 19)
  })

  it('are compared again on those that each resolved at least once', () => {
    const { 'a · x': x = {}, 'a · y': y = {} } = rows
    assert.deepEqual([x.tasks_solved_by_all, figureOf(x.total_tokens_solved_by_all)], [1, 100])
    assert.deepEqual([y.tasks_solved_by_all, figureOf(y.cost_usd_solved_by_all)], [1, 10])
  })

  it('say so where there is no such task', () => {
    const apart = rowsOf(tableOf(acrossModelsBlocks('made', meansOf(ROWS.slice(1))), 'across'))
    assert.equal(apart['a · x']?.tasks_solved_by_all, 0)
    assert.equal(reasonOf(apart['a · x']?.total_tokens_solved_by_all), 'no run where it is known')
    assert.deepEqual(acrossModelsBlocks('made', []), [])
  })

  it('share no task of which one of them does not tell its tokens', () => {
    const silent = { model: 'y', task: 't-3', outcome: 'resolved' as const }
    const known = rowsOf(tableOf(acrossModelsBlocks('made', meansOf([...ROWS, silent])), 'across'))
    assert.deepEqual([known['a · x']?.tasks, figureOf(known['a · x']?.total_tokens)], [2, 200])
  })

  it('share tasks by their dollars where a system tells no tokens', () => {
    const paid = ['t-1', 't-2'].map((task): MadeRow => ({ model: 'z', task, costUsd: 7 }))
    const known = rowsOf(tableOf(acrossModelsBlocks('made', meansOf([...ROWS, ...paid])), 'across'))
    assert.deepEqual([known['a · z']?.tasks, figureOf(known['a · z']?.cost_usd)], [2, 7])
    assert.deepEqual(
      [known['a · x']?.tasks, reasonOf(known['a · z']?.total_tokens)],
      [2, 'no run where it is known'],
    )
  })

  it('do not share runs that have no task', () => {
    const { task: _, ...nameless } = run('x', '', 50, true)
    const many = [nameless, nameless, { ...nameless, model: 'y' }]
    const none = rowsOf(tableOf(acrossModelsBlocks('made', meansOf(many)), 'across'))
    assert.equal(none['a · x']?.tasks, 0)
  })
})

describe('who takes least and most', () => {
  it('is told with the factor between them, and where they had other tasks', () => {
    assert.deepEqual(consumptionWords('made', meansOf(ROWS)), [
      'On made, a run takes 2.00 k tokens with a · y, which takes least, and 3.13 k with a · x, which takes most, × 1.6, each on its own tasks.',
    ])
    const same = ROWS.filter(({ task }) => task !== 't-3')
    assert.match(consumptionWords('made', meansOf(same))[0] ?? '', /200 tokens with a · x.* × 10\.$/)
  })

  it('is one sentence for one system or equal ones, and none for unknown tokens', () => {
    assert.deepEqual(consumptionWords('made', meansOf([run('x', 't', 50, true)])), [
      'On made, a run takes 50 tokens with a · x.',
    ])
    assert.deepEqual(consumptionWords('made', meansOf([run('x', 't', 50, true), run('y', 't', 51, true)])), [
      'On made, a run takes about 50 tokens, whichever the system.',
    ])
    assert.deepEqual(consumptionWords('made', meansOf([{ task: 't' }])), [])
  })
})
