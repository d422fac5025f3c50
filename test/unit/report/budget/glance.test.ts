import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { heatBlocks } from '../../../../src/report/budget/heat.ts'
import { RESOURCES } from '../../../../src/report/budget/resources.ts'
import { scatterBlocks } from '../../../../src/report/budget/scatter.ts'
import { compositionBlocks } from '../../../../src/report/composition.ts'
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

const [TOKENS] = RESOURCES

describe('the map of everything at a glance', () => {
  const rows: readonly MadeRow[] = [
    { task: 't-1', outcome: 'resolved', input: 9000, output: 1000, steps: 5 },
    { task: 't-2', outcome: 'resolved', input: 29_000, output: 1000, steps: 6 },
    { task: 't-3', outcome: 'failed', input: 900, output: 100, steps: 2 },
    { task: 't-4', outcome: 'failed' },
  ]
  const subject = madeSubject(rows)
  const blocks = heatBlocks(subject, onlyField(subject), { steps: 5, tokens: 10_000 })
  const { 'a · m': row = {} } = rowsOf(tableOf(blocks, 'heat'))

  it('has the rate, the rate within budgets, efficiency and tokens a step', () => {
    close([figureOf(row.resolution_rate)], [2 / 4])
    close([figureOf(row.rr_at_5_steps), figureOf(row.rr_at_10000_tokens)], [1 / 3, 1 / 3])
    close([figureOf(row.efficiency)], [(2 * 1000) / 41_000])
    close([figureOf(row.tokens_per_step)], [41_000 / 13])
  })

  it('has as many cells as rows and columns, each with its figure', () => {
    const chart = blocks[0]?.kind === 'figure' ? blocks[0].figure.chart : null
    assert.ok(chart?.kind === 'heat')
    assert.deepEqual([chart.rows.length, chart.columns.length, chart.cells.length], [1, 5, 5])
    assert.deepEqual(
      chart.cells.map(({ text }) => text),
      ['50 %', '33 %', '33 %', '0.049', '3.15 k'],
    )
  })

  it('leaves blank what is not known', () => {
    const unknown = madeSubject([{ task: 't' }])
    const [block] = heatBlocks(unknown, onlyField(unknown), { steps: 5, tokens: 10 })
    assert.ok(block?.kind === 'figure' && block.figure.chart.kind === 'heat')
    assert.ok(block.figure.chart.cells.every(({ value, text }) => value === null && text === ''))
  })
})

describe('spending against resolving', () => {
  const runs = (model: string, tokens: number, resolved: readonly number[]): readonly MadeRow[] =>
    resolved.map((one, i) => ({
      model,
      task: `t-${i}`,
      outcome: one === 1 ? 'resolved' : 'failed',
      input: tokens,
      output: 0,
    }))
  const RUNS: readonly MadeRow[] = [
    ...runs('cheap', 100, [1, 0, 0, 0]),
    ...runs('dear and better', 400, [1, 1, 1, 0]),
    ...runs('dear and worse', 500, [1, 1, 0, 0]),
    ...runs('as dear, as good', 400, [1, 1, 1, 0]),
    ...runs('as dear, worse', 400, [1, 1, 0, 0]),
    { model: 'unknown', task: 't-0', outcome: 'resolved' },
  ]
  const scatter = (rows: readonly MadeRow[]) => {
    const subject = madeSubject(rows)
    return TOKENS === undefined ? [] : scatterBlocks(subject, onlyField(subject), TOKENS)
  }
  const table = tableOf(scatter(RUNS), 'tokens-against-rate')

  const front = (of: typeof table) =>
    Object.fromEntries(Object.entries(rowsOf(of)).map(([name, { on_front }]) => [name, on_front]))

  it('marks the systems that no other beats in both, equal ones alike', () => {
    assert.deepEqual(front(table), {
      'a · cheap': 'yes',
      'a · dear and better': 'yes',
      'a · as dear, as good': 'yes',
      'a · as dear, worse': 'no',
      'a · dear and worse': 'no',
    })
  })

  it('goes from the cheapest to the dearest', () => {
    const spent = table.rows.map(([, cell]) => figureOf(cell))
    assert.deepEqual(spent, [100, 400, 400, 400, 500])
  })

  it('reckons with a system that spends nothing, though it has no place on the axis', () => {
    const free = scatter([...RUNS, ...runs('free', 0, [1, 1, 1, 1])])
    assert.deepEqual(new Set(Object.values(front(tableOf(free, 'tokens')))), new Set(['yes', 'no']))
    assert.equal(front(tableOf(free, 'tokens'))['a · free'], 'yes')
    assert.equal(Object.values(front(tableOf(free, 'tokens'))).filter((on) => on === 'yes').length, 1)
    assert.deepEqual(
      scatter(runs('free', 0, [1, 0])).map(({ kind }) => kind),
      ['table'],
    )
  })
})

describe('what tokens are', () => {
  const of = (rows: readonly MadeRow[]) => {
    const subject = madeSubject(rows)
    return compositionBlocks(subject, onlyField(subject))
  }
  const blocks = of([
    {
      task: 't-1',
      input: 100,
      cacheRead: 800,
      cacheWrite5m: 60,
      cacheWrite1h: 40,
      output: 50,
      reasoning: 30,
    },
    { task: 't-2', input: 300, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 10, reasoning: 0 },
    { task: 't-3', input: 9999, output: 9999, incomplete: true },
    { task: 't-4', input: 9999 },
    { task: 't-1', model: 'plain', input: 700, output: 70 },
    { task: 't-1', model: 'silent' },
  ])
  const rows = rowsOf(tableOf(blocks, 'composition'))

  it('is the mean of each class over runs whose counts are whole', () => {
    const { 'a · m': row = {} } = rows
    assert.equal(row.runs, 2)
    const classes = [row.input_tokens, row.cache_read_tokens, row.cache_write_tokens, row.output_tokens]
    assert.deepEqual(classes.map(figureOf), [200, 400, 50, 30])
    close([figureOf(row.reasoning_tokens), figureOf(row.input_to_output)], [15, 650 / 30])
  })

  it('says what a source does not split off', () => {
    const { 'a · plain': plain = {}, 'a · silent': silent = {} } = rows
    assert.equal(reasonOf(plain.cache_read_tokens), 'not split off')
    assert.equal(reasonOf(plain.reasoning_tokens), 'not split off')
    assert.equal(reasonOf(silent.output_tokens), 'no run whose counts are whole')
  })

  it('adds up to all tokens in its figure, reasoning apart from the rest of the output', () => {
    const chart = blocks[0]?.kind === 'figure' ? blocks[0].figure.chart : null
    assert.ok(chart?.kind === 'stacks')
    const [stack] = chart.stacks
    const parts = Object.fromEntries((stack?.parts ?? []).map(({ series, value }) => [series, value]))
    assert.deepEqual(parts, {
      'fresh input': 200,
      'cache reads': 400,
      'cache writes': 50,
      'output without reasoning': 15,
      reasoning: 15,
    })
    assert.equal(chart.stacks.length, 2)
  })

  it('is not told where no run is whole', () => assert.deepEqual(of([{ task: 't', input: 5 }]), []))
})
