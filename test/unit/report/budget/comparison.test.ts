import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { comparisonWords, onlyWords, priceWords } from '../../../../src/report/budget/budget-words.ts'
import { comparisonBlocks, comparisonOf } from '../../../../src/report/budget/comparison.ts'
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

/** Runs of a system, one a task from `t-<from>`: 1 = resolved. */
const runsOf = (model: string, resolved: readonly number[], more: MadeRow = {}, from = 0) =>
  resolved.map(
    (one, i): MadeRow => ({
      model,
      task: `t-${String(from + i).padStart(3, '0')}`,
      outcome: one === 1 ? 'resolved' : 'failed',
      ...more,
    }),
  )
const times = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value)

function compared(rows: readonly MadeRow[]) {
  const subject = madeSubject(rows)
  const field = onlyField(subject)
  const comparison = comparisonOf(subject, field)
  if (comparison === null) throw new Error('nothing to compare')
  return {
    words: comparisonWords(field, comparison),
    rows: rowsOf(tableOf(comparisonBlocks(field, comparison), 'comparison')),
  }
}

/** Twice the chance of at most `fewer` of so many fair coins, at most 1: exact McNemar by hand. */
function coins(fewer: number, all: number): number {
  let [term, sum] = [1, 0]
  for (let k = 0; k <= fewer; k++) {
    sum += term
    term = (term * (all - k)) / (k + 1)
  }
  return Math.min(1, (2 * sum) / 2 ** all)
}

describe('systems side by side', () => {
  // Of 20 tasks: best resolves 16, middle 14 of them and one more, low only 2.
  const best = [...times(16, 1), ...times(4, 0)]
  const middle = [...times(14, 1), 0, 0, 1, 0, 0, 0]
  const low = [1, 1, ...times(18, 0)]
  const { words, rows } = compared([
    ...runsOf('best', best),
    ...runsOf('middle', middle),
    ...runsOf('low', low),
  ])

  it('are compared task by task by exact McNemar, adjusted after Holm', () => {
    close(
      [figureOf(rows['a · middle']?.difference), figureOf(rows['a · low']?.difference)],
      [(15 - 16) / 20, (2 - 16) / 20],
    )
    const ps = [coins(1, 3), coins(0, 14)]
    close([figureOf(rows['a · low']?.p_holm)], [2 * (ps[1] ?? 0)])
    close([figureOf(rows['a · middle']?.p_holm)], [Math.max(ps[0] ?? 0, 2 * (ps[1] ?? 0))])
    assert.deepEqual([rows['a · middle']?.shared_tasks, rows['a · low']?.shared_tasks], [20, 20])
  })

  it('are tied, or resolve less, in the table and in words', () => {
    assert.deepEqual([rows['a · middle']?.verdict, rows['a · low']?.verdict], ['tied', 'resolves less'])
    assert.deepEqual(words, [
      'On made, a · best resolves most, 80.0 % of 20 runs, but cannot be told apart from a · middle: a tie; 1 other resolves less.',
    ])
  })

  it('carry a warning where the difference is under 3 pp', () => {
    const many = (ones: number) => [...times(ones, 1), ...times(100 - ones, 0)]
    const { rows: near } = compared([...runsOf('x', many(50)), ...runsOf('y', many(48))])
    assert.equal(near['a · y']?.verdict, 'tied; under 3 pp')
  })

  it('have a lead told by its size where all others resolve less', () => {
    const { words: told } = compared([
      ...runsOf('x', times(40, 1)),
      ...runsOf('y', [...times(20, 1), ...times(20, 0)]),
      ...runsOf('z', [...times(10, 1), ...times(30, 0)]),
    ])
    assert.deepEqual(told, [
      'On made, a · x resolves most, 100.0 % of 40 runs, 50.0 pp ahead of a · y, the next: larger than the noise, as on all 2 others.',
    ])
  })

  it('that are alike in every run are tied, repeats or not', () => {
    const twice = [1, 0, 1, 1, 0]
    for (const repeats of [1, 2]) {
      const runs = (model: string) => Array.from({ length: repeats }, () => runsOf(model, twice)).flat()
      const { rows: alike, words: told } = compared([...runs('x'), ...runs('y')])
      assert.equal(alike['a · y']?.verdict, 'tied')
      assert.equal(figureOf(alike['a · y']?.p_holm), 1)
      assert.match(
        told[0] ?? '',
        /resolves most, 60\.0 % of (5|10) runs, but cannot be told apart from a · y: a tie\.$/,
      )
    }
  })

  it('never differ by more than all runs, however few there are', () => {
    const { rows: few } = compared([...runsOf('x', [1, 1, 0]), ...runsOf('y', [1, 0, 0])])
    const difference = few['a · y']?.difference
    assert.ok(typeof difference === 'object' && 'low' in difference)
    assert.deepEqual([difference.low, difference.high], [-1, 1])
  })

  it('are not called worse for having been given harder tasks', () => {
    // y resolves all of the hard tasks both have and x none; x is best only by its own easy ones.
    const x = [...runsOf('x', times(12, 0)), ...runsOf('x', times(60, 1), {}, 12)]
    const y = [...runsOf('y', times(12, 1)), ...runsOf('y', times(30, 0), {}, 100)]
    const { rows: found, words: told } = compared([...x, ...y])
    assert.equal(found['a · y']?.verdict, 'resolves more')
    assert.deepEqual(told, [
      'On made, a · x resolves most, 83.3 % of 72 runs; on the tasks both have a · y resolves more.',
    ])
  })

  it('without a task in common are not compared', () => {
    const { rows: found, words: told } = compared([...runsOf('x', [1, 1]), ...runsOf('y', [1, 0], {}, 50)])
    assert.equal(found['a · y']?.verdict, 'not comparable')
    assert.equal(reasonOf(found['a · y']?.p_holm), 'no task in common')
    assert.match(told[0] ?? '', /1 other has too few tasks in common with it\.$/)
  })

  it('of which none resolves anything lead nowhere, and one alone is told with its interval', () => {
    assert.deepEqual(compared([...runsOf('x', [0, 0]), ...runsOf('y', [0, 0])]).words, [])
    const subject = madeSubject(runsOf('x', [1, 1, 1, 0]))
    assert.equal(comparisonOf(subject, onlyField(subject)), null)
    assert.deepEqual(onlyWords(subject, onlyField(subject)), [
      'On made, a · x resolves 75.0 % of 4 runs (95 %: 30.1 % to 95.4 %).',
    ])
  })
})

describe('who resolves most per dollar', () => {
  const words = (rows: readonly MadeRow[]) => {
    const subject = madeSubject(rows)
    return priceWords(subject, onlyField(subject))
  }
  const half = [...times(10, 1), ...times(10, 0)]

  it('is who pays least for a success, failures paid for, with the next and the factor', () => {
    // $0.10 a run at one success in two: $0.20; $0.30 at one in one.
    assert.deepEqual(
      words([...runsOf('x', times(20, 1), { costUsd: 0.3 }), ...runsOf('y', half, { costUsd: 0.1 })]),
      [
        'On made, a · y resolves most per dollar: $0.20 a success, × 1.5 cheaper than a · x, the next; the intervals do not overlap.',
      ],
    )
  })

  it('is told by tokens where no dollars are known, and says where tasks differ', () => {
    assert.deepEqual(
      words([
        ...runsOf('x', times(20, 1), { input: 900, output: 100 }),
        ...runsOf('y', times(20, 1), { input: 400, output: 100 }, 5),
      ]),
      [
        'On made, a · y resolves most per token: 500 tokens a success, × 2 cheaper than a · x, the next, each on its own tasks; the intervals do not overlap.',
      ],
    )
  })

  it('needs a success, and more than one run', () => {
    assert.deepEqual(words(runsOf('x', [0, 0], { costUsd: 1 })), [])
    assert.deepEqual(words(runsOf('x', [1], { costUsd: 1 })), [])
    assert.deepEqual(words(runsOf('x', [1, 0], { costUsd: 1 })), ['On made, a success of a · x costs $2.00.'])
  })
})
