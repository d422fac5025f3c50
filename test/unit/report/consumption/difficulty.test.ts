import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { labelKey, type TaskLabels } from '../../../../src/learn/task-labels.ts'
import { difficultyBlocks } from '../../../../src/report/consumption/difficulty.ts'
import { gradesOf } from '../../../../src/report/consumption/grades.ts'
import { kindBlocks } from '../../../../src/report/consumption/kinds.ts'
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
import { close } from '../../regress/close.ts'

function meansOf(rows: readonly MadeRow[]) {
  const subject = madeSubject(rows)
  return onlyField(subject).systems.map((system) => taskMeansOf(subject, system))
}

const labels = (of: Readonly<Record<string, string>>, what: 'difficulty' | 'kind'): TaskLabels =>
  new Map(
    Object.entries(of).map(([id, text]) => [
      labelKey('made', id),
      { difficulty: null, kind: null, [what]: text },
    ]),
  )

/** A run of each task with these total tokens. */
const runs = (tokens: Readonly<Record<string, number>>) =>
  Object.entries(tokens).map(
    ([task, total]): MadeRow => ({ task, input: total - 1, output: 1, costUsd: total / 10 }),
  )

describe('tokens by human difficulty', () => {
  const LABELS = labels(
    {
      a: '<15 min fix',
      b: '<15 min fix',
      c: '15 min - 1 hour',
      d: '1-4 hours',
      e: '>4 hours',
      f: '<15 min fix',
    },
    'difficulty',
  )
  const TOKENS = { a: 10, b: 90, c: 30, d: 40, e: 60, f: 20, unlabelled: 5000 }
  const blocks = difficultyBlocks('made', meansOf(runs(TOKENS)), LABELS)
  const { 'a · m': row = {} } = rowsOf(tableOf(blocks, 'difficulty'))

  it('are the mean of each grade, over the tasks with a label', () => {
    assert.equal(row.tasks, 6)
    const grades = [row.tokens_grade_1, row.tokens_grade_2, row.tokens_grade_3, row.tokens_grade_4]
    assert.deepEqual(grades.map(figureOf), [40, 30, 40, 60])
  })

  it('go with the grades by Kendall’s τ-b, ties counted', () => {
    const pairs = Object.entries({ a: 0, b: 0, c: 1, d: 2, e: 3, f: 0 } as const).map(
      ([id, grade]) => [grade, TOKENS[id as keyof typeof TOKENS]] as const,
    )
    let [score, x, y] = [0, 0, 0]
    for (const [i, [grade, tokens]] of pairs.entries()) {
      for (const [other, others] of pairs.slice(i + 1)) {
        score += Math.sign(grade - other) * Math.sign(tokens - others)
        x += Math.abs(Math.sign(grade - other))
        y += Math.abs(Math.sign(tokens - others))
      }
    }
    close([figureOf(row.kendall_tau_b)], [score / Math.sqrt(x * y)])
  })

  it('overlap: easy tasks dearer than the mean hard one, and hard ones cheaper than the mean easy one', () => {
    // Hard: d and e, mean 50; of a, b, f only b is above it. Mean easy 40: neither d (40) nor e is below it.
    close([figureOf(row.easy_above_mean_hard), figureOf(row.hard_below_mean_easy)], [1 / 3, 0])
  })

  it('are not told without labels, of one grade only, or of grades whose order is not known', () => {
    const means = meansOf(runs(TOKENS))
    for (const none of [{}, { a: 'easy', b: 'easy' }, { a: 'soft', b: 'tough' }]) {
      assert.deepEqual(difficultyBlocks('made', means, labels(none, 'difficulty')), [])
    }
  })

  it('say so where a grade has no task with known tokens', () => {
    const few = difficultyBlocks('made', meansOf([...runs({ a: 3 }), { task: 'd' }]), LABELS)
    const { 'a · m': found = {} } = rowsOf(tableOf(few, 'difficulty'))
    assert.equal(reasonOf(found.easy_above_mean_hard), 'a grade has no task')
    assert.match(reasonOf(found.kendall_tau_b), /at least 2/)
  })

  it('know grades by name, in any letter, or by number with the upper half as hard', () => {
    const order = (...names: readonly string[]) => gradesOf(new Set(names))
    assert.deepEqual(order('hard', 'easy')?.order, ['easy', 'hard'])
    const numbers = order('10', '2', '1')
    assert.deepEqual([numbers?.order, [...(numbers?.hard ?? [])]], [['1', '2', '10'], ['10']])
    assert.equal(order('easy', '3'), null)
  })
})

describe('spending by kind of task', () => {
  it('groups tasks by their label, or by the repository that their id names', () => {
    const means = meansOf(
      runs({
        'django__django-1': 100,
        'django__django-22': 300,
        'psf__requests-3': 50,
        'own-task': 7,
        other: 9,
      }),
    )
    const rows = rowsOf(tableOf(kindBlocks('made', means, labels({ 'own-task': 'bug' }, 'kind')), 'kinds'))
    assert.deepEqual(Object.keys(rows), ['django/django', 'bug', 'psf/requests'])
    assert.deepEqual([rows['django/django']?.tasks, figureOf(rows['django/django']?.input_tokens)], [2, 199])
    close([figureOf(rows['django/django']?.cost_usd), figureOf(rows.bug?.input_to_output)], [20, 6])
  })

  it('is not told of one kind', () => {
    assert.deepEqual(kindBlocks('made', meansOf(runs({ 'a__b-1': 5, 'a__b-2': 6 })), new Map()), [])
  })
})
