import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PHASES, phaseBlocks, phaseSums } from '../../../../src/report/consumption/phases.ts'
import { roundBlocks } from '../../../../src/report/consumption/rounds.ts'
import type { CallTraces } from '../../../../src/store/read-call-traces.ts'
import { figureOf, reasonOf, rowsOf, tableOf } from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

/** A call: fresh input, cache reads, output, dollars. */
type Call = readonly [number, number, number, number]

function tracesOf(runs: readonly (readonly Call[])[]): CallTraces {
  const calls = runs.flat()
  const column = (k: 0 | 1 | 2 | 3) => Float64Array.from(calls, (call) => call[k])
  const start = new Int32Array(runs.length + 1)
  for (const [i, own] of runs.entries()) start[i + 1] = (start[i] as number) + own.length
  const blank = new Float64Array(calls.length)
  return {
    runs: Int32Array.from(runs.keys()),
    start,
    drawnFrom: runs.length,
    input: column(0),
    cacheRead: column(1),
    cacheWrite: blank,
    output: column(2),
    reasoning: blank,
    requests: blank,
    atMs: blank,
    costUsd: column(3),
  }
}

/** So many calls, the n-th with n tokens of fresh input, 10 n of cache reads, 1 of output. */
const run = (calls: number, more = 0): readonly Call[] =>
  Array.from({ length: calls }, (_, i) => [i + 1 + more, 10 * (i + 1), 1, (i + 1 + more) / 100] as const)
const all = (traces: CallTraces) => [...traces.runs.keys()]

describe('phases of a run', () => {
  it('are fifths of its calls: no call in two of them or in none, whatever their number', () => {
    for (let calls = 5; calls <= 12; calls++) {
      const traces = tracesOf([run(calls)])
      const { tokens } = phaseSums(traces, all(traces))
      const counts = tokens.map((phase) => phase.output[0] as number)
      assert.deepEqual([counts.length, counts.reduce((sum, one) => sum + one, 0)], [5, calls])
      // Cut at ⌈k n / 5⌉.
      const ends = PHASES.map((_, k) => Math.ceil(((k + 1) * calls) / 5) - Math.ceil((k * calls) / 5))
      assert.deepEqual(counts, ends, `${calls} calls`)
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1)
    }
  })

  it('have the sums of their calls, the mean over runs', () => {
    const traces = tracesOf([run(5), run(10), run(4)])
    const rows = rowsOf(tableOf(phaseBlocks('s', phaseSums(traces, all(traces))), 'phases'))
    // Runs of four calls have no fifths. First: call 1 of five, calls 1 and 2 of ten.
    assert.equal(rows.early?.runs, 2)
    assert.equal(figureOf(rows.early?.fresh_input_tokens), (1 + (1 + 2)) / 2)
    assert.equal(figureOf(rows.later?.cache_reads_tokens), (50 + (90 + 100)) / 2)
    close([figureOf(rows.mid?.cost_usd)], [(0.03 + 0.11) / 2])
  })

  it('tell which class goes with the cost of the phase, and where that cannot be told', () => {
    const traces = tracesOf([run(5), run(5, 3), run(5, 9)])
    const { early = {} } = rowsOf(tableOf(phaseBlocks('s', phaseSums(traces, all(traces))), 'phases'))
    close([figureOf(early.r_fresh_input_cost)], [1])
    assert.match(reasonOf(early.r_output_cost), /every value is 1/)
    const two = tracesOf([run(5), run(6)])
    const { early: few = {} } = rowsOf(tableOf(phaseBlocks('s', phaseSums(two, all(two))), 'phases'))
    assert.equal(reasonOf(few.r_fresh_input_cost), 'no cost of its calls is known')
  })

  it('leave out what is not known, and are not told of short runs', () => {
    const holed = run(5).map((call, i): Call => (i === 0 ? [Number.NaN, 10, 1, Number.NaN] : call))
    const traces = tracesOf([holed, run(5)])
    const { early = {} } = rowsOf(tableOf(phaseBlocks('s', phaseSums(traces, all(traces))), 'phases'))
    assert.equal(figureOf(early.fresh_input_tokens), 1)
    const short = tracesOf([run(4)])
    assert.deepEqual(phaseBlocks('s', phaseSums(short, all(short))), [])
  })
})

describe('rounds', () => {
  it('are the means of the n-th calls of the runs that have so many', () => {
    const traces = tracesOf([run(3), run(2, 10)])
    const table = tableOf(roundBlocks('s', traces, all(traces)), 'rounds')
    assert.deepEqual(
      table.rows.map((row) => row.map(figureOf)),
      [
        [1, 2, 16, 10, 1],
        [2, 2, 27, 20, 1],
      ],
    )
  })

  it('go on while at least 5 runs have one, at most a hundred', () => {
    const traces = tracesOf([
      ...Array.from({ length: 5 }, () => run(30)),
      ...Array.from({ length: 4 }, () => run(200)),
    ])
    const table = tableOf(roundBlocks('s', traces, all(traces)), 'rounds')
    assert.deepEqual(table.rows.map(([call, runs]) => [call, runs]).slice(-2), [
      [20, 9],
      [30, 9],
    ])
    const [long] = roundBlocks('s', tracesOf([run(200)]), [0])
    assert.ok(long?.kind === 'figure' && long.figure.chart.kind === 'lines')
    assert.ok(long.figure.chart.lines.every(({ points }) => points.length === 100))
  })

  it('are not told of runs with one call', () =>
    assert.deepEqual(roundBlocks('s', tracesOf([run(1)]), [0]), []))
})
