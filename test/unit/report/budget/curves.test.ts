import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { budgetGrid, roundBudgets } from '../../../../src/report/budget/budgets.ts'
import { curveBlocks } from '../../../../src/report/budget/curves.ts'
import { effectivenessBlock } from '../../../../src/report/budget/effectiveness.ts'
import { RESOURCES } from '../../../../src/report/budget/resources.ts'
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

type Key = (typeof RESOURCES)[number]['key']

function curves(rows: readonly MadeRow[], key: Key, asked: number | null = null) {
  const subject = madeSubject(rows)
  const resource = RESOURCES.find((one) => one.key === key)
  if (resource === undefined) throw new Error(key)
  return curveBlocks(subject, onlyField(subject), { resource, asked })
}

/** Ten tasks: what each took, how it ended. */
const RUNS: readonly (readonly [steps: number, outcome: NonNullable<MadeRow['outcome']>])[] = [
  [1, 'resolved'],
  [2, 'resolved'],
  [2, 'failed'],
  [4, 'resolved'],
  [5, 'budget-exhausted'],
  [6, 'resolved'],
  [8, 'timed-out'],
  [9, 'resolved'],
  [10, 'budget-exhausted'],
  [12, 'failed'],
]
const ROWS = RUNS.map(([steps, outcome], i) => ({ task: `t-${i}`, outcome, steps }))

/** Kaplan and Meier by hand: those stopped are watched until then, those that failed never resolve. */
function watchedShare(budget: number): number {
  let left = 1
  for (const [at, outcome] of [...RUNS].sort(([a], [b]) => a - b)) {
    if (outcome !== 'resolved' || at > budget) continue
    const watched = RUNS.filter(([steps, how]) => how === 'failed' || steps >= at).length
    left *= 1 - 1 / watched
  }
  return 1 - left
}

describe('RR@x', () => {
  const [block] = curves(ROWS, 'steps', 7)
  const { 'a · m': row = {} } = rowsOf(tableOf(block === undefined ? [] : [block], 'rr-at-steps'))

  it('is what is resolved with at most x over all runs', () => {
    for (const budget of [2, 5, 7, 10]) {
      const resolved = RUNS.filter(([steps, how]) => how === 'resolved' && steps <= budget).length
      assert.equal(figureOf(row[`rr_at_${budget}_steps`]), resolved / 10, String(budget))
    }
  })

  it('is asked for beside round budgets, in order', () => {
    const keys = Object.keys(row).filter((key) => key.startsWith('rr_at_'))
    assert.deepEqual(keys, ['rr_at_2_steps', 'rr_at_5_steps', 'rr_at_7_steps', 'rr_at_10_steps'])
  })

  it('tells the share stopped by their own limit, and what would be had none been stopped', () => {
    assert.equal(figureOf(row.stopped), 0.3)
    close([figureOf(row.kaplan_meier)], [watchedShare(10)])
    assert.ok(figureOf(row.kaplan_meier) > 0.5)
  })

  it('has a step up for each resolved run in its figure, from the first to the last', () => {
    const chart = block?.kind === 'figure' ? block.figure.chart : null
    assert.ok(chart?.kind === 'lines')
    const points = chart.lines[0]?.points ?? []
    assert.deepEqual(
      [points[0]?.x, points.at(-1)?.x].map((x) => Math.round(x ?? 0)),
      [1, 9],
    )
    for (const [k, { x, y }] of points.entries()) {
      const resolved = RUNS.filter(([steps, how]) => how === 'resolved' && steps <= x * (1 + 1e-12)).length
      assert.equal(y, resolved / 10, `point ${k} at ${x}`)
    }
  })

  it('says where none was stopped, and is not told where nothing is resolved or known', () => {
    const [all] = curves([{ task: 't', outcome: 'resolved', steps: 3 }], 'steps')
    assert.equal(reasonOf(all?.table.rows[0]?.at(-1)), 'none was stopped')
    assert.deepEqual(curves([{ task: 't', outcome: 'failed', steps: 3 }], 'steps'), [])
    assert.deepEqual(curves([{ task: 't', outcome: 'resolved' }], 'steps'), [])
    assert.deepEqual(curves([{ task: 't', steps: 3 }], 'steps'), [])
  })

  it('takes calls for steps where steps are not told, and nothing for tokens that are only "at least"', () => {
    const [called] = curves([{ task: 't', outcome: 'resolved', calls: 3 }], 'steps')
    assert.equal(called?.table.rows.length, 1)
    assert.deepEqual(
      curves([{ task: 't', outcome: 'resolved', input: 3, output: 1, incomplete: true }], 'tokens'),
      [],
    )
  })
})

describe('round budgets', () => {
  it('are 1, 2 and 5 times powers of ten around the middle of the amounts, at most so many', () => {
    const amounts = Float64Array.from({ length: 100 }, (_, i) => 1000 * (i + 1))
    assert.deepEqual(roundBudgets(amounts, 6), [10_000, 20_000, 50_000, 100_000])
    assert.deepEqual(roundBudgets(Float64Array.of(0.03, 0.04, 0.06), 6), [0.05, 0.1])
    const wide = roundBudgets(
      Float64Array.from({ length: 60 }, (_, i) => 10 ** (i / 6)),
      6,
    )
    assert.equal(wide.length, 6)
    assert.deepEqual(
      wide,
      [...wide].sort((a, b) => a - b),
    )
  })

  it('are none of nothing, and one number of equal amounts', () => {
    assert.deepEqual(roundBudgets(new Float64Array(3), 6), [])
    assert.deepEqual(roundBudgets(Float64Array.of(7, 7, 7), 6), [10])
    assert.deepEqual([...budgetGrid(Float64Array.of(0, 0), 5)], [])
    close(budgetGrid(Float64Array.of(100, 1, 0), 3), [1, 10, 100])
    close(budgetGrid(Float64Array.of(7, 7), 3), [7, 7, 7])
  })
})

describe('effectiveness', () => {
  const scores = (rows: readonly MadeRow[]) => {
    const subject = madeSubject(rows)
    return rowsOf(tableOf([effectivenessBlock(subject, onlyField(subject))], 'effectiveness'))['a · m'] ?? {}
  }

  it('is the mean over all runs of what a resolved one leaves of the cap', () => {
    // Of 2 M tokens: 1 − .25, 0 (failed), 0 (over the cap), 1 − .5.
    const rows = [
      ['resolved', 500_000],
      ['failed', 10],
      ['resolved', 3_000_000],
      ['resolved', 1_000_000],
    ] as const
    const found = scores(rows.map(([outcome, input], i) => ({ task: `t-${i}`, outcome, input, output: 0 })))
    close([figureOf(found.effectiveness_tokens_2000000)], [(0.75 + 0 + 0 + 0.5) / 4])
    assert.equal(reasonOf(found.effectiveness_usd_1), 'not known of any run')
  })

  it('has caps of $1 and of half an hour, and stays between 0 and 1', () => {
    const found = scores([
      { task: 't-1', outcome: 'resolved', costUsd: 0.1, wallSeconds: 90 },
      { task: 't-2', outcome: 'resolved', costUsd: 0.3, wallSeconds: 1800 },
    ])
    const { effectiveness_usd_1: usd, effectiveness_seconds_1800: seconds } = found
    close([figureOf(usd), figureOf(seconds)], [0.8, 0.475])
    for (const cell of [usd, seconds]) {
      assert.ok(typeof cell === 'object' && 'low' in cell && (cell.low ?? -1) >= 0 && (cell.high ?? 2) <= 1)
    }
  })
})
