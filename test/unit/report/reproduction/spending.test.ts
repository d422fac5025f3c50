import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { labelKey } from '../../../../src/learn/task-labels.ts'
import type { TaskMeans } from '../../../../src/report/consumption/task-means.ts'
import { publishedOf } from '../../../../src/report/reproduction/published.ts'
import { spendingSection } from '../../../../src/report/reproduction/spending.ts'
import { figureOf, type MadeRow, madeSubject, reasonOf, rowsOf } from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

const published = publishedOf(
  Object.entries({
    within_task_cv_total: 0.1,
    within_task_cv_cost: 0.3,
    r_between_input_accuracy: -0.5,
    kendall_difficulty_total: 0.2,
  }).map(([figure, value]) => ({ study: 'spending', row: 'all', figure, value })),
)

/** Forty tasks: the n-th takes n thousand tokens; the dearer, the less accurate, or not. */
function means(name: string, falls: boolean): TaskMeans {
  const column = (of: (i: number) => number) => Float64Array.from({ length: 40 }, (_, i) => of(i))
  return {
    benchmark: 'made',
    name,
    ids: Array.from({ length: 40 }, (_, i) => `t-${i}`),
    runs: column(() => 4),
    input: column((i) => 1000 * (i + 1)),
    output: column(() => 10),
    total: column((i) => 1000 * (i + 1) + 10),
    usd: column(() => 1),
    accuracy: column((i) => (falls ? 1 - i / 40 : i / 40)),
  }
}
const LABELS = new Map(
  Array.from({ length: 40 }, (_, i) => [
    labelKey('made', `t-${i}`),
    { difficulty: i < 20 ? 'easy' : 'hard', kind: null },
  ]),
)

/** Two runs of each task, one of `low` tokens and one of three times as many. */
const pairs = (model: string, tasks: number, low: number): readonly MadeRow[] =>
  Array.from({ length: 2 * tasks }, (_, i) => ({
    model,
    task: `t-${i >> 1}`,
    input: i % 2 === 0 ? low : 3 * low,
    output: 0,
  }))

describe('the published figures of spending', () => {
  const subject = madeSubject([...pairs('m', 25, 100), ...pairs('few', 19, 100)])
  const section = spendingSection(subject, {
    means: [means('x', true), means('y', false)],
    labels: LABELS,
    published,
  })
  const rows = rowsOf(section?.blocks[0]?.table ?? { id: '', title: '', columns: [], rows: [], note: '' })

  it('stand beside the least, the middle and the most of ours, and say where they lie', () => {
    // Two values v and 3 v: mean 2 v, standard deviation √2 v.
    const { 'CV of tokens within a task': cv = {} } = rows
    assert.deepEqual([cv.systems, cv.verdict], [1, 'below ours'])
    close([figureOf(cv.least), figureOf(cv.most)], [Math.SQRT1_2, Math.SQRT1_2])
    const { 'r of input and accuracy, groups of tasks': r = {} } = rows
    assert.deepEqual([r.systems, r.verdict], [2, 'within ours'])
    close([figureOf(r.least), figureOf(r.middle), figureOf(r.most)], [-1, 0, 1])
    // Two grades that part all tokens: 400 of 780 pairs, √(400 · 780) where ties are counted.
    const { 'τ-b of difficulty and tokens': tau = {} } = rows
    close([figureOf(tau.middle)], [400 / Math.sqrt(400 * 780)])
  })

  it('are told without ours where no system tells them, and only what is published', () => {
    assert.equal(reasonOf(rows['CV of cost within a task']?.least), 'no system tells it')
    assert.equal(rows['CV of cost within a task']?.published, 0.3)
    assert.equal(Object.keys(rows).length, 4)
    const data = { means: [], labels: new Map(), published: publishedOf([]) }
    assert.equal(spendingSection(subject, data), null)
  })
})
