import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../../src/regress/random.ts'
import { calibrationBlocks } from '../../../../src/report/forecast/calibration.ts'
import { correlationBlocks } from '../../../../src/report/forecast/correlations.ts'
import { overTimeBlocks } from '../../../../src/report/forecast/over-time.ts'
import { forecastFindings } from '../../../../src/report/forecast/report-forecast.ts'
import { resolvedBlocks } from '../../../../src/report/forecast/resolved.ts'
import { foreseen, type Told } from '../../../fixtures/foreseen.ts'
import { figureOf, reasonOf, rowsOf, tableOf } from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

/** Forty forecasts over twenty days, in two repositories; the runs took 1.2 times as much, give or take. */
const random = seededRandom(5)
const TOLD: readonly Told[] = Array.from({ length: 40 }, (_, i) => {
  const total = 50_000 * Math.round(10 ** (2 * random.uniform()))
  const actual = 50 * Math.round((total * 1.2 * 10 ** (0.3 * random.normal())) / 50)
  const resolved = 0.1 + 0.8 * random.uniform()
  const outcome = random.uniform() < resolved ? ('resolved' as const) : ('failed' as const)
  return {
    total,
    resolved,
    repository: i % 4 === 0 ? 'a/b' : 'c/d',
    day: Math.floor(i / 2),
    actual: { total: actual, outcome },
  }
})
const { systems, forecasts } = await foreseen(TOLD)
const actual = TOLD.map((told) => told.actual?.total ?? Number.NaN)
const inside = TOLD.map((_, i) => {
  const { p10, p90 } = forecasts[i]?.totalTokens ?? { p10: 0, p90: 0 }
  return (actual[i] ?? 0) >= p10 && (actual[i] ?? 0) <= p90
})
const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length
function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}

function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  const [a, b] = [x.map((value) => value - mean(x)), y.map((value) => value - mean(y))]
  const dot = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

describe('kept forecasts and the runs that came of them', () => {
  const { 'my-agent · gpt-5': row = {} } = rowsOf(
    tableOf(correlationBlocks(systems), 'forecast-correlations'),
  )
  const means = forecasts.map(({ totalTokens }) => totalTokens.mean)
  const factors = actual.map((tokens, i) => tokens / (forecasts[i]?.totalTokens.p50 ?? 1))

  it('correlate, exact and in logarithms', () => {
    close(
      [row.r_total_raw, row.r_total_log, row.r_output_log].map(figureOf),
      [
        pearson(means, actual),
        pearson(means.map(Math.log10), actual.map(Math.log10)),
        pearson(
          forecasts.map(({ outputTokens }) => Math.log10(outputTokens.mean)),
          actual.map(Math.log10),
        ),
      ],
      1e-9,
    )
    assert.equal(row.runs, 40)
  })

  it('are off by a typical factor, and on the whole by a bias', () => {
    close([figureOf(row.typical_factor)], [middle(factors.map((factor) => Math.max(factor, 1 / factor)))])
    close([figureOf(row.bias)], [middle(factors)])
  })

  it('lie inside the range so often, by system, repository and size', () => {
    const blocks = calibrationBlocks(systems)
    const { 'my-agent · gpt-5': of = {} } = rowsOf(tableOf(blocks, 'coverage-by-system'))
    close([figureOf(of.coverage)], [share(inside)])
    close([figureOf(of.coverage) + figureOf(of.below) + figureOf(of.above)], [1])
    const repositories = rowsOf(tableOf(blocks, 'coverage-by-repository'))
    close([figureOf(repositories['a/b']?.coverage)], [share(inside.filter((_, i) => i % 4 === 0))])
    assert.deepEqual([repositories['a/b']?.runs, repositories['c/d']?.runs], [10, 30])
    const sizes = rowsOf(tableOf(blocks, 'coverage-by-size'))
    assert.deepEqual(
      Object.values(sizes).map(({ runs }) => runs),
      Array.from({ length: 10 }, () => 4),
    )
  })

  it('have a score of their ranges: their width, and a penalty of ten times what is missed', () => {
    const { 'my-agent · gpt-5': of = {} } = rowsOf(tableOf(calibrationBlocks(systems), 'coverage-by-system'))
    const scores = forecasts.map(({ totalTokens: { p10, p90 } }, i) => {
      const [low, high, y] = [Math.log10(p10), Math.log10(p90), Math.log10(actual[i] ?? 1)]
      return high - low + (2 / 0.2) * (Math.max(0, low - y) + Math.max(0, y - high))
    })
    close([figureOf(of.interval_score)], [scores.reduce((sum, score) => sum + score, 0) / 40])
    assert.ok(figureOf(of.high_to_low) > 5 && figureOf(of.high_to_low) < 15)
    assert.ok(figureOf(of.pinball_saved) > 0)
  })

  it('are told over time, each run in the period in which it was forecast', () => {
    const table = tableOf(overTimeBlocks(systems), 'forecast-over-time')
    // Twenty days in periods of two: ten of four runs each.
    assert.deepEqual(table.rows.map(([from, runs]) => [from, runs]).slice(0, 2), [
      ['2026-11-20', 4],
      ['2026-11-22', 4],
    ])
    assert.equal(table.rows.length, 10)
    close([figureOf(table.rows[0]?.[2])], [share(inside.slice(0, 4))])
    close([figureOf(table.rows[0]?.[3])], [middle(factors.slice(0, 4))])
  })

  it('have a chance of being resolved that is held against what came, in fifths', () => {
    const [block] = resolvedBlocks(systems)
    assert.equal(block?.table.rows.length, 5)
    assert.equal(
      block?.table.rows.reduce((sum, [runs]) => sum + figureOf(runs), 0),
      40,
    )
    const said = forecasts.map(({ resolved }) => resolved ?? Number.NaN)
    const came = TOLD.map((told) => Number(told.actual?.outcome === 'resolved'))
    const brier = said.reduce((sum, p, i) => sum + (p - (came[i] ?? 0)) ** 2, 0) / 40
    assert.ok(block?.table.note.includes(`Brier score ${brier.toFixed(3)}`), block?.table.note)
  })

  it('are summed up in a sentence', () => {
    const data = { estimates: [], evaluation: null, featureGroups: [] }
    const { unsaid = [], summary } = forecastFindings(data)
    assert.deepEqual([summary.length, unsaid.length], [0, 1])
    assert.match(unsaid[0] ?? '', /^No forecast has met its run yet/)
  })
})

describe('forecasts of which little came', () => {
  it('wait for their runs, and are judged by known tokens only', async () => {
    const few = await foreseen([
      { total: 100_000, actual: null },
      { total: 100_000, actual: { total: null } },
      { total: 200_000, actual: { total: 50_000, incomplete: true } },
      { total: 300_000, actual: { total: 300_000 } },
    ])
    assert.equal(few.waiting, 1)
    const { 'my-agent · gpt-5': row = {} } = rowsOf(tableOf(correlationBlocks(few.systems), 'forecast'))
    assert.equal(row.runs, 1)
    assert.match(reasonOf(row.r_total_raw), /at least 2/)
    assert.equal(overTimeBlocks(few.systems).length, 0)
    assert.deepEqual(resolvedBlocks(few.systems), [])
    const { 'my-agent · gpt-5': of = {} } = rowsOf(
      tableOf(calibrationBlocks(few.systems), 'coverage-by-system'),
    )
    assert.deepEqual([of.runs, figureOf(of.coverage)], [1, 1])
  })

  it('without any known run say so, system by system and never pooled', async () => {
    const none = await foreseen([
      { total: 100_000, actual: { total: null }, model: 'gpt-5' },
      { total: 100_000, actual: { total: null }, model: 'kimi-k2' },
    ])
    const rows = rowsOf(tableOf(calibrationBlocks(none.systems), 'coverage-by-system'))
    assert.deepEqual(Object.keys(rows), ['my-agent · gpt-5', 'my-agent · kimi-k2'])
    for (const row of Object.values(rows))
      assert.equal(reasonOf(row.coverage), 'no run whose tokens are known')
    assert.deepEqual(correlationBlocks([]), [])
    assert.deepEqual(calibrationBlocks([]), [])
  })
})
