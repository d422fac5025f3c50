import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { budgetFindings, NO_BUDGET_ASKED } from '../../src/report/budget/report-budget.ts'
import type { Cell } from '../../src/report/document.ts'
import type { Findings } from '../../src/report/findings.ts'
import { OUTCOMES } from '../../src/trajectory/run.ts'
import { documentOf, storeOf } from '../fixtures/report-store.ts'
import { type MadeRow, madeSubject } from '../fixtures/report-subject.ts'
import { toldRun } from '../fixtures/report-worlds.ts'

/** Of some nothing is known. */
const maybe = <T>(known: fc.Arbitrary<T>) => fc.option(known, { nil: undefined, freq: 6 })

const rows = fc.array(
  fc
    .record({
      task: fc.constantFrom('t-1', 't-2', 't-3', 't-4', 't-5'),
      model: fc.constantFrom('m-1', 'm-2', 'm-3'),
      outcome: maybe(fc.constantFrom(...OUTCOMES)),
      input: maybe(fc.integer({ min: 1, max: 100_000 })),
      steps: maybe(fc.integer({ min: 1, max: 60 })),
      reportedUsd: maybe(fc.integer({ min: 1, max: 500 }).map((cents) => cents / 100)),
    })
    .map(
      ({ outcome, input, steps, reportedUsd, ...known }): MadeRow => ({
        ...known,
        ...(outcome === undefined ? {} : { outcome }),
        ...(input === undefined ? {} : { input, output: 10 }),
        ...(steps === undefined ? {} : { steps }),
        ...(reportedUsd === undefined ? {} : { reportedUsd }),
      }),
    ),
  { minLength: 1, maxLength: 60 },
)

const reported = (of: readonly MadeRow[]): Findings => budgetFindings(madeSubject(of), NO_BUDGET_ASKED)

/** Every figure of a report by table, system and column. */
function figuresOf({ sections }: Findings): ReadonlyMap<string, Cell> {
  const figures = new Map<string, Cell>()
  for (const { table } of sections.flatMap(({ blocks }) => blocks)) {
    for (const cells of table.rows) {
      for (const [j, cell] of cells.entries()) {
        figures.set(`${table.id} · ${cells[0]} · ${table.columns[j]?.key}`, cell)
      }
    }
  }
  return figures
}

const rateIn = (cell: Cell | undefined): number | null =>
  typeof cell === 'object' && 'estimate' in cell ? cell.estimate : null
const widthOf = (cell: Cell | undefined): number | null =>
  typeof cell === 'object' && 'low' in cell && cell.low !== null && cell.high !== null
    ? cell.high - cell.low
    : null
const isRate = (key: string) => /resolution_rate$|rr_at_/.test(key)

describe('what a budget buys', () => {
  it('changes its names only when models are called otherwise in the same order', () =>
    fc.assert(
      fc.property(rows, (of) => {
        const renamed = of.map((row) => ({ ...row, model: `${row.model} renamed` }))
        const text = JSON.stringify(reported(of)).replaceAll(/m-(\d)/g, 'm-$1 renamed')
        assert.equal(JSON.stringify(reported(renamed)), text)
      }),
      { numRuns: 60 },
    ))

  it('has the same rates when every task is there twice, and intervals that are no wider', () =>
    fc.assert(
      fc.property(rows, (of) => {
        const once = figuresOf(reported(of))
        const twice = figuresOf(
          reported([...of, ...of.map((row) => ({ ...row, task: `${row.task}-again` }))]),
        )
        for (const [key, cell] of once) {
          // Round budgets may be others.
          if (!isRate(key) || !twice.has(key)) continue
          const [before, after] = [rateIn(cell), rateIn(twice.get(key))]
          assert.equal(before === null, after === null, key)
          assert.ok(Math.abs((before ?? 0) - (after ?? 0)) < 1e-12, key)
          const [wide, narrow] = [widthOf(cell), widthOf(twice.get(key))]
          if (wide !== null && narrow !== null)
            assert.ok(narrow <= wide + 1e-12, `${key}: ${wide}, then ${narrow}`)
        }
      }),
      { numRuns: 60 },
    ))

  it('resolves no more when a run that fails is added', () =>
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 50_000 }), (of, input) => {
        const before = figuresOf(reported(of))
        const failing: MadeRow = { task: 't-1', model: 'm-1', outcome: 'failed', input, output: 10, steps: 3 }
        const after = figuresOf(reported([...of, failing]))
        for (const [key, cell] of before) {
          const [rate, then] = [rateIn(cell), rateIn(after.get(key))]
          if (!isRate(key) || rate === null || then === null) continue
          assert.ok(then <= rate + 1e-12, key)
        }
      }),
      { numRuns: 60 },
    ))

  it('resolves no less with a larger budget, and never more than without any', () =>
    fc.assert(
      fc.property(rows, (of) => {
        for (const { table } of reported(of).sections.flatMap(({ blocks }) => blocks)) {
          const budgets = table.columns.flatMap(({ key }, j) => (key.startsWith('rr_at_') ? [j] : []))
          if (!table.id.startsWith('rr-at-')) continue
          for (const cells of table.rows) {
            const rates = budgets.map((j) => rateIn(cells[j]) ?? Number.NaN)
            for (const [k, rate] of rates.entries()) assert.ok(rate >= (rates[k - 1] ?? 0) && rate <= 1)
          }
        }
      }),
      { numRuns: 60 },
    ))

  it('is told of every run once, whatever its names', () =>
    fc.assert(
      fc.property(rows, (of) => {
        const { fields } = madeSubject(of)
        const told = fields.flatMap(({ systems }) => systems.flatMap(({ rows: own }) => [...own]))
        assert.deepEqual(
          told.toSorted((a, b) => a - b),
          [...of.keys()],
        )
      }),
      { numRuns: 60 },
    ))
})

describe('the report of everything', () => {
  const lines = rows.map((of) =>
    of.map(({ task = '', model = '', outcome = null, input, steps = null, reportedUsd }, i) =>
      toldRun(`run-${i}`, {
        task,
        model,
        outcome,
        steps,
        tokens: input === undefined ? null : [input, i % 7, 10 + (i % 5)],
        usd: reportedUsd === undefined ? null : String(reportedUsd),
        startedAt: new Date(Date.UTC(2026, 0, 1 + (i % 9), i % 24)).toISOString(),
      }),
    ),
  )

  it('is the same whatever the order in which runs came', () =>
    fc.assert(
      fc.asyncProperty(lines, fc.infiniteStream(fc.nat()), async (told, keys) => {
        const order = [...told.keys()].map((i) => [keys.next().value, i] as const).sort(([a], [b]) => a - b)
        const shuffled = order.map(([, i]) => told[i] as string)
        const reports = await Promise.all(
          [told, shuffled].map(async (some) => documentOf(await storeOf(some), 'all')),
        )
        assert.deepEqual(reports[1], reports[0])
      }),
      { numRuns: 12 },
    ))

  it('is parted by a filter: each run is chosen by one model, one outcome, one side of a day', () =>
    fc.assert(
      fc.asyncProperty(lines, async (told) => {
        const cwd = await storeOf(told)
        const runs = async (...choice: readonly string[]) => {
          const { about } = await documentOf(cwd, 'budget', ...choice)
          return Number(Object.fromEntries(about).runs)
        }
        const sum = async (option: string, values: readonly string[]) => {
          let all = 0
          for (const value of values) all += await runs(option, value)
          return all
        }
        const ended = told.filter((line) => JSON.parse(line).outcome !== null).length
        assert.equal(await sum('--model', ['m-1', 'm-2', 'm-3']), told.length)
        assert.equal(await sum('--outcome', OUTCOMES), ended)
        const day = '2026-01-05'
        assert.equal((await runs('--from', day)) + (await runs('--before', day)), told.length)
      }),
      { numRuns: 6 },
    ))
})
