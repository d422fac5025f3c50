import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { csvParse } from 'd3-dsv'
import { readBundle } from '../../src/forecast/read-bundle.ts'
import { quantile } from '../../src/regress/quantile.ts'
import { seededRandom, shuffled } from '../../src/regress/random.ts'
import {
  ERRORS,
  type Followed,
  follow,
  judged,
  RUNS,
  SCENARIOS,
  type StreamedRun,
  streamOf,
} from '../fixtures/calibration/stream.ts'

const SEEDS = 500
const ROOT = join(import.meta.dirname, '../..')
const CORPUS = process.env.FORETOKEN_CORPUS ?? join(ROOT, '../shared/corpus')
const RUNS_FILE = join(CORPUS, 'runs.csv.gz')
const isShift = (name: string): boolean => name.endsWith('at once')

/** Holds streams against 76 – 84 % in every window of 200, and prints how they did. */
function judgeAll(name: string, isShifted: boolean, streams: readonly Followed[], share: number): void {
  const all = streams.map((stream) => judged(stream, isShifted))
  const held = all.filter(({ holds }) => holds).length / all.length
  const [least, most] = [Math.min(...all.map(({ least }) => least)), Math.max(...all.map(({ most }) => most))]
  const score = streams.reduce((sum, each) => sum + each.score / each.scoreBefore / streams.length, 0)
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`
  console.log(
    `${name}: ${percent(held)} of ${all.length} streams hold in every window; worst ${percent(least)} – ${percent(most)}; interval score × ${score.toFixed(2)}`,
  )
  assert.ok(held >= share, `${name}: ${held}`)
}

describe('every window of 200 runs, on many streams', () => {
  for (const [errors, error] of Object.entries(ERRORS))
    for (const [scenario, added] of Object.entries(SCENARIOS))
      it(`of errors ${errors}, ${scenario}`, () => {
        const streams = Array.from({ length: SEEDS }, (_, seed) =>
          follow(streamOf(error, added, seededRandom(7 * seed + 1))),
        )
        judgeAll(`${errors}, ${scenario}`, isShift(scenario), streams, 0.99)
      })
})

describe('every window of 200 runs, where forecasts do not know of the runs before them', () => {
  for (const [unknown, share] of [
    [2, 0.99],
    [5, 0.99],
    [8, 0.95],
  ] as const)
    it(`of the last ${unknown}, × 3 at once`, () => {
      const added = SCENARIOS['× 3 at once'] ?? (() => Number.NaN)
      const streams = Array.from({ length: SEEDS }, (_, seed) =>
        follow(streamOf(ERRORS.normal ?? (() => Number.NaN), added, seededRandom(7 * seed + 1)), unknown),
      )
      judgeAll(`normal, × 3 at once, the last ${unknown} not known`, true, streams, share)
      const width = streams.reduce((sum, each) => sum + each.width / (2 * 0.3845) / SEEDS, 0)
      console.log(`  × ${width.toFixed(3)} as wide as by an oracle`)
    })
})

describe('every window of 200 runs, on what the shipped bundle missed its own tasks by', async () => {
  const { residuals } = await readBundle(join(ROOT, 'models'), 'verified-1')
  for (const [scenario, added] of Object.entries(SCENARIOS))
    for (const quantity of ['total', 'output'] as const)
      it(`of ${quantity} tokens, ${scenario}`, () => {
        const series = Object.values(residuals).flatMap((pairs) => pairs.map(({ plain }) => plain[quantity]))
        const streams = series.flatMap((errors, i) =>
          Array.from({ length: 10 }, (_, k) => follow(drawn(errors, added, 100 * i + k))),
        )
        judgeAll(`residuals of ${quantity}, ${scenario}`, isShift(scenario), streams, 0.99)
      })
})

/** Draws errors; their own quantiles are what was forecast. */
function drawn(
  errors: readonly number[],
  added: (run: number) => number,
  seed: number,
): readonly StreamedRun[] {
  const random = seededRandom(seed)
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((p) => quantile(errors, p)) as [number, number, number]
  return Array.from({ length: RUNS }, (_, i) => ({
    ...{ actual: (errors[random.integer(errors.length)] as number) + added(i), p10, p50, p90 },
  }))
}

/** Of these no token count is used. */
const RESERVED_BENCHMARK = /pro|deepswe/i
const RESERVED = /^(pydata__xarray|pylint-dev__pylint|psf__requests)/

describe('every window of 200 runs, on runs of real agents', () => {
  const why = existsSync(RUNS_FILE) ? false : `no ${RUNS_FILE}; name its folder with FORETOKEN_CORPUS`
  for (const scenario of ['nothing changes', '× 3 at once', '÷ 3 at once'])
    it(`forecast by the range of the first 100 of each pair, ${scenario}`, { skip: why }, () => {
      const rows = csvParse(gunzipSync(readFileSync(RUNS_FILE)).toString('utf8')).filter(
        ({ benchmark, instance_id }) =>
          !RESERVED_BENCHMARK.test(benchmark ?? '') && !RESERVED.test(instance_id ?? ''),
      )
      const pairs = Map.groupBy(rows, ({ source, agent, model }) => `${source} ${agent} ${model}`)
      const series = [...pairs.values()].map(totals).filter((values) => values.length >= 300)
      assert.ok(series.length > 3, `${series.length} pairs with enough runs`)
      const streams = series.flatMap((values, i) =>
        Array.from({ length: 20 }, (_, k) => follow(inTurn(values, scenario, 100 * i + k))),
      )
      judgeAll(`${series.length} pairs of real runs, ${scenario}`, isShift(scenario), streams, 0.98)
    })
})

function totals(rows: readonly { readonly [name: string]: string | undefined }[]): readonly number[] {
  return rows.flatMap((row) => {
    const counts = ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens'].map((name) =>
      Number(row[name] ?? ''),
    )
    const total = counts.reduce((sum, each) => sum + each, 0)
    return total > 0 && row.output_tokens !== '' ? [Math.log10(total)] : []
  })
}

/** Every run in a random order, again and again until there are enough; the first 100 say what is forecast. */
function inTurn(values: readonly number[], scenario: string, seed: number): readonly StreamedRun[] {
  const order = shuffled(values, seededRandom(seed))
  const added = SCENARIOS[scenario] ?? (() => Number.NaN)
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((p) => quantile(order.slice(0, 100), p)) as [
    number,
    number,
    number,
  ]
  return Array.from({ length: RUNS }, (_, i) => ({
    ...{ actual: (order[(100 + i) % order.length] as number) + added(i), p10, p50, p90 },
  }))
}
