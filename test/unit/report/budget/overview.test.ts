import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overviewBlocks } from '../../../../src/report/budget/overview.ts'
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

const overview = (rows: readonly MadeRow[], id: string) => {
  const subject = madeSubject(rows)
  return rowsOf(tableOf(overviewBlocks(subject, onlyField(subject)), id))
}

/** Three tasks with three runs each: resolved 3, 1 and 0 times. */
const RUNS: readonly MadeRow[] = [
  [1, 1, 1],
  [0, 1, 0],
  [0, 0, 0],
].flatMap((resolved, task) =>
  resolved.map((one, k) => ({
    task: `t-${task}`,
    outcome: one === 1 ? ('resolved' as const) : ('failed' as const),
    input: 1000 * (task + 1),
    output: 100 * (k + 1),
    costUsd: 0.1 * (task + 1),
  })),
)

describe('how runs end', () => {
  const { 'a · m': row = {} } = overview(RUNS, 'outcomes')

  it('is the share of all runs, with as many tries behind it as the tasks are worth', () => {
    close([figureOf(row.resolution_rate)], [4 / 9])
    assert.deepEqual([row.tasks, row.runs, row.repeats], [3, 9, 3])
  })

  it('tells of k tries whether any and whether all resolve the task', () => {
    // With n = k = 3 tries a task: any = {1, 1, 0}, all = {1, 0, 0}.
    close([figureOf(row.pass_at_k), figureOf(row.pass_hat_k)], [2 / 3, 1 / 3])
  })

  it('is unbiased where tasks have more tries than k', () => {
    // Two tasks with 2 runs, one with 4 of which 1 resolved: k = 2; any of 2 of it = 1 − C(3,2)/C(4,2) = 1/2.
    const rows = [
      [1, 0],
      [0, 0],
      [1, 0, 0, 0],
    ].flatMap((resolved, task) =>
      resolved.map((one) => ({
        task: `t-${task}`,
        outcome: one ? ('resolved' as const) : ('failed' as const),
      })),
    )
    const { 'a · m': found = {} } = overview(rows, 'outcomes')
    assert.equal(found.repeats, 2)
    close([figureOf(found.pass_at_k), figureOf(found.pass_hat_k)], [(1 + 0 + 1 / 2) / 3, 0])
  })

  it('has the k that most tasks have, the greater of two', () => {
    const rows = [2, 3, 2, 3].flatMap((runs, task) =>
      Array.from({ length: runs }, (): MadeRow => ({ task: `t-${task}`, outcome: 'failed' })),
    )
    assert.equal(overview(rows, 'outcomes')['a · m']?.repeats, 3)
  })

  it('keeps shares between 0 and 1, and gives even 0 and 1 an interval', () => {
    const { 'a · m': sure = {} } = overview(
      RUNS.map((run) => ({ ...run, outcome: 'resolved' as const })),
      'outcomes',
    )
    for (const cell of [row.pass_at_k, row.pass_hat_k, sure.pass_at_k, sure.resolution_rate]) {
      assert.ok(typeof cell === 'object' && 'low' in cell && cell.low !== null && cell.high !== null)
      assert.ok(cell.low >= 0 && cell.high <= 1 && cell.low < cell.high, JSON.stringify(cell))
    }
  })

  it('says why there is no figure for one run a task, or without outcomes', () => {
    const { 'a · m': single = {} } = overview([{ task: 't', outcome: 'failed' }], 'outcomes')
    assert.equal(reasonOf(single.pass_at_k), 'one run a task')
    const { 'a · m': unknown = {} } = overview([{ task: 't' }], 'outcomes')
    assert.equal(reasonOf(unknown.resolution_rate), 'no run where it is known')
    assert.deepEqual([unknown.runs, unknown.repeats], [1, 0])
  })

  it('counts infra errors and stops apart, and both as not resolved', () => {
    const outcomes = ['resolved', 'infra-error', 'timed-out', 'budget-exhausted', 'failed'] as const
    const { 'a · m': found = {} } = overview(
      outcomes.map((outcome, i) => ({ task: `t-${i}`, outcome })),
      'outcomes',
    )
    close([found.resolution_rate, found.infra_error_rate, found.stopped_rate].map(figureOf), [
      1 / 5,
      1 / 5,
      2 / 5,
    ])
  })
})

describe('what runs spend', () => {
  const { 'a · m': row = {} } = overview(RUNS, 'spending')
  const totals = RUNS.map(({ input = 0, output = 0 }) => input + output)
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
  const of = (outcome: string) => totals.filter((_, i) => RUNS[i]?.outcome === outcome)
  const mean = (values: readonly number[]) => sum(values) / values.length

  it('is the mean of runs, and all that was spent over the runs resolved', () => {
    close(
      [figureOf(row.mean_total_tokens), figureOf(row.tokens_per_success)],
      [sum(totals) / 9, sum(totals) / 4],
    )
    close([figureOf(row.mean_cost_usd), figureOf(row.cost_usd_per_success)], [0.2, 1.8 / 4])
  })

  it('sets failed runs against resolved ones, and the rate against the tokens', () => {
    close([figureOf(row.failed_to_resolved)], [mean(of('failed')) / mean(of('resolved'))])
    close([figureOf(row.efficiency)], [((4 / 9) * 1000) / mean(totals)])
  })

  it('leaves out runs of which only the least is known, and prefers our prices to what is reported', () => {
    const { 'a · m': found = {} } = overview(
      [
        { task: 't-1', outcome: 'resolved', input: 10, output: 1, costUsd: 2, reportedUsd: 9 },
        {
          task: 't-2',
          outcome: 'failed',
          input: 500,
          output: 5,
          incomplete: true,
          costUsd: 7,
          reportedUsd: 4,
        },
      ],
      'spending',
    )
    assert.deepEqual(
      [found.runs, figureOf(found.mean_total_tokens), figureOf(found.mean_cost_usd)],
      [1, 11, 3],
    )
  })

  it('says why there is no figure where nothing is resolved, or all is', () => {
    const all = (outcome: 'resolved' | 'failed') =>
      overview(
        RUNS.map((run) => ({ ...run, outcome })),
        'spending',
      )['a · m'] ?? {}
    assert.equal(reasonOf(all('failed').tokens_per_success), 'nothing to divide by')
    assert.equal(reasonOf(all('failed').failed_to_resolved), 'all runs are of one kind')
    assert.equal(reasonOf(all('resolved').failed_to_resolved), 'all runs are of one kind')
  })
})
