import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isUnsaid, type Report } from '../../../../src/report/document.ts'
import { planReport } from '../../../../src/report/plan/report-plan.ts'
import { renderJson } from '../../../../src/report/report-json.ts'
import { forecastOf, pastRuns, planOf } from '../../../fixtures/plan.ts'

const NOTHING = { episodes: pastRuns([]), forecasts: [] }

const tableOf = (report: Report, id: string) => {
  const table = report.sections.flatMap(({ blocks }) => blocks).find((block) => block.table.id === id)?.table
  assert.ok(table, id)
  return table
}

/** The cells of a column. */
function column(report: Report, id: string, key: string) {
  const { columns, rows } = tableOf(report, id)
  const at = columns.findIndex((one) => one.key === key)
  return rows.map((row) => row[at])
}

const summaryOf = (more: Readonly<Record<string, unknown>>): string =>
  planReport(planOf(more), NOTHING).summary.join('\n')

describe('the report on a plan', () => {
  it('says in one sentence what is run, what it costs and what it shows', () => {
    const forecasts = [1, 2, 3, 4, 5, 6].map((i) => forecastOf(`${i}.md`, [0.1, 0.2, 0.3]))
    const plan = planOf({ tasks: forecasts.map(({ task }) => task), multipliers: [1, 3], repeats: 50 })
    const [first] = planReport(plan, { ...NOTHING, forecasts }).summary
    assert.match(
      first ?? '',
      /^This plan makes 600 runs for about \$120 \(8 in 10: \$\d+ – \$\d+\) and would show differences between multipliers of 9\.\d pp or more\.$/,
    )
  })

  it('says what a cost is not known for, and leaves it out everywhere else', () => {
    const report = planReport(planOf({ multipliers: [1, 3] }), NOTHING)
    assert.match(
      report.summary[0] ?? '',
      /at a cost that is not known \(openhands · gpt-5: no runs of it are recorded/,
    )
    for (const key of ['expected_usd', 'p10_usd', 'p90_usd', 'usd_per_run'])
      for (const cell of column(report, 'planned-cost', key)) assert.ok(isUnsaid(cell ?? ''), key)
    for (const cell of column(report, 'requirements', 'expected_usd')) assert.ok(isUnsaid(cell ?? ''))
    assert.ok(!renderJson(report).includes('"expected_usd": 0'))
  })

  it('tells no range of what the plan assumes', () => {
    const report = planReport(planOf({ assume: { usdPerRun: 0.5 } }), NOTHING)
    assert.match(report.summary[0] ?? '', /100 runs for about \$50\.0 \(as it assumes\)/)
    assert.deepEqual(column(report, 'planned-cost', 'expected_usd'), [50])
    assert.ok(isUnsaid(column(report, 'planned-cost', 'p90_usd')[0] ?? ''))
  })

  it('says what more tasks and repeats would show and cost', () => {
    const plan = planOf({ multipliers: [1, 3], repeats: 5, assume: { usdPerRun: 0.5 } })
    const report = planReport(plan, NOTHING)
    const { columns, rows } = tableOf(report, 'requirements')
    assert.deepEqual(
      columns.map(({ key }) => key),
      ['difference', 'repeats', 'tasks', 'runs', 'expected_usd'],
    )
    for (const [, repeats, tasks, runs, usd] of rows as readonly number[][]) {
      assert.equal(runs, 2 * (repeats as number) * (tasks as number))
      assert.ok(Math.abs((usd as number) - 0.5 * (runs as number)) < 1e-6)
    }
    assert.match(
      report.summary[1] ?? '',
      /^To show 5 pp takes \d+ tasks with 5 repeats: [\d,]+ runs, about \$\d/,
    )
  })

  it('warns of what no number of repeats makes good', () => {
    assert.match(summaryOf({ tasks: { count: 5 }, repeats: 1000 }), /show no difference, however large/)
    assert.match(summaryOf({ tasks: { count: 5 } }), /Fewer than 6 tasks show nothing/)
    assert.match(summaryOf({ models: ['a', 'b'], repeats: 10 }), /more repeats buy less than more tasks/)
    assert.doesNotMatch(summaryOf({ multipliers: [1, 2], repeats: 10 }), /more repeats buy less/)
  })

  it('warns of differences that set-ups make, of equality that is not shown, of single runs and of guesses', () => {
    assert.match(
      summaryOf({ tasks: { count: 1000 }, repeats: 10 }),
      /Differences under 3 pp may come from how/,
    )
    assert.doesNotMatch(summaryOf({ repeats: 5 }), /Differences under 3 pp/)
    assert.match(summaryOf({ repeats: 5 }), /equal within ± 3 pp would .*A large p will not mean/)
    assert.doesNotMatch(summaryOf({ tasks: { count: 5000 }, repeats: 10 }), /A large p will not mean/)
    assert.match(summaryOf({}), /With one run of each task nothing tells what chance does/)
    assert.match(
      summaryOf({}),
      /Guessed, since nothing tells it: the resolution rate, how far repeats agree\./,
    )
    const assume = { resolutionRate: 0.5, consistency: 0.5, infraErrorRate: 0.05 }
    assert.doesNotMatch(summaryOf({ assume }), /Guessed/)
    assert.match(summaryOf({ assume, repeats: 2 }), /About 10 runs will be ended by the infrastructure/)
  })

  it('does not take what always ended alike so far for certain', () => {
    for (const resolutionRate of [0, 1]) {
      const plan = planOf({ multipliers: [1, 3], repeats: 5, assume: { resolutionRate, consistency: 0.5 } })
      const report = planReport(plan, NOTHING)
      assert.ok(renderJson(report).includes('"plan"'))
      const [detectable] = column(report, 'detectable', 'detectable')
      assert.ok(typeof detectable === 'number' && detectable > 0.01, String(detectable))
      assert.deepEqual(column(report, 'assumed', 'value')[0], resolutionRate)
    }
  })

  it('says that a single arm is compared with one that is not in the plan', () => {
    const report = planReport(planOf({ repeats: 5 }), NOTHING)
    assert.match(report.sections.find(({ id }) => id === 'detection')?.words.join() ?? '', /There is one arm/)
  })

  it('is the same each time, and has tables and figures of its own', () => {
    const plan = planOf({ multipliers: [1, 3], assume: { usdPerRun: 1 } })
    assert.equal(renderJson(planReport(plan, NOTHING)), renderJson(planReport(plan, NOTHING)))
    const blocks = planReport(plan, NOTHING).sections.flatMap(({ blocks }) => blocks)
    const ids = blocks.flatMap((block) => [
      block.table.id,
      ...(block.kind === 'figure' ? [block.figure.id] : []),
    ])
    assert.equal(new Set(ids).size, ids.length)
    assert.deepEqual(
      ids.filter((id) => id.startsWith('detectable-by') && !id.endsWith('table')),
      ['detectable-by-repeats', 'detectable-by-cost'],
    )
  })
})
