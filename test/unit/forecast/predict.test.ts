import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Bundle } from '../../../src/forecast/bundle.ts'
import { type ForecastRequest, forecasterOf } from '../../../src/forecast/forecaster.ts'
import { rangeOf } from '../../../src/forecast/range.ts'
import { hintsOf, selfForecastScale } from '../../../src/forecast/self-forecast.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import { syntheticBundle } from '../../fixtures/synthetic-bundle.ts'
import { withRepository } from '../../fixtures/synthetic-dataset.ts'
import { close } from '../regress/close.ts'

/** The synthetic bundle with run-to-run noise that stands out, and models that lie further apart than agents do. */
const bundle = noisy(await syntheticBundle())
const features = withRepository(
  { title: 'crash in parser', body: 'wrong output of the parser' },
  seededRandom(9),
)
const ask = (more: Partial<ForecastRequest> = {}): ForecastRequest => ({
  agent: 'openhands',
  model: 'gpt-5',
  meanOf: 1,
  selfForecast: null,
  ...more,
})
const forecast = (
  more: Partial<ForecastRequest> = {},
  of: Bundle = bundle,
  repository: string | null = 'acme/anvil',
) => forecasterOf(of).task(features, repository).forecast(ask(more))
const width = (sample: Float64Array) => {
  const { p10, p90 } = rangeOf(sample)
  return Math.log10(p90 / p10)
}

function noisy(quiet: Bundle): Bundle {
  const copy = structuredClone(quiet)
  for (const { quantities } of Object.values(copy.heads)) {
    for (const quantity of Object.values(quantities)) quantity.common.offsetSd = 0.35
  }
  for (const pair of copy.pairs) pair.runNoise = { output: 0.3, total: 0.4 }
  return copy
}

describe('a forecast', () => {
  it('has a wider range for a single run than for the mean of four', () => {
    const [one, four] = [forecast(), forecast({ meanOf: 4 })]
    for (const kind of ['output', 'total'] as const)
      assert.ok(width(one[kind]) > 1.05 * width(four[kind]), kind)
  })

  it('narrows as more runs are averaged, down to what was recorded', () => {
    const widths = [1, 2, 3, 4, 8].map((meanOf) => width(forecast({ meanOf }).total))
    for (const [i, each] of widths.entries()) assert.ok(i === 0 || each <= (widths[i - 1] as number) + 1e-9)
    close([widths[4] as number], [widths[3] as number], 1e-9)
  })

  it('takes off what a mean of log-normal runs lies above one run', () => {
    const sd = bundle.pairs[0]?.runNoise.total as number
    const [one, four] = [forecast({ meanOf: 1 }), forecast({ meanOf: 4 })]
    close([four.log10.total - one.log10.total], [(Math.LN10 / 2) * sd ** 2 * 0.75], 1e-9)
    // The mean over outcomes is then about the same however many runs are asked about.
    assert.ok(Math.abs(Math.log10(rangeOf(one.total).mean / rangeOf(four.total).mean)) < 0.05)
  })

  it('is wider for an agent or a model never seen, and widest for both', () => {
    const strangers = [
      {},
      { agent: 'my-agent' },
      { model: 'mystery' },
      { agent: 'my-agent', model: 'mystery' },
    ]
    const [own, agent, model, both] = strangers.map((more) => forecast(more))
    const kinships = [own, agent, model, both].map((one) => one?.kinship)
    assert.deepEqual(kinships, ['trained', 'other-agent', 'unseen', 'unseen'])
    for (const kind of ['output', 'total'] as const) {
      const widths = [own, agent, model, both].map((one) => width(one?.[kind] ?? new Float64Array(1)))
      const [trained = 0, ofAgent = 0, ofModel = 0, ofBoth = 0] = widths
      assert.ok(trained < ofAgent && trained < ofModel && ofModel < ofBoth, String(widths))
    }
  })

  it('gives a model never seen the noise of the pairs whose errors stand for its own', () => {
    const single: Bundle = {
      ...bundle,
      pairs: bundle.pairs.map((pair, p) => (p === 0 ? { ...pair, runs: 1 } : pair)),
    }
    const [one, four] = [1, 4].map((meanOf) => forecast({ model: 'never-heard-of', meanOf }, single))
    assert.ok(width(one?.total as Float64Array) > width(four?.total as Float64Array))
  })

  it('never has more output than total tokens', () => {
    const talkative = structuredClone(bundle) as { -readonly [Key in keyof Bundle]: Bundle[Key] }
    for (const { quantities } of Object.values(talkative.heads)) {
      quantities.total.series = quantities.total.series.map((one) => ({ ...one, offset: 2 }))
    }
    const { output, total, log10 } = forecast({}, talkative)
    for (const [i, tokens] of total.entries()) assert.ok(tokens >= (output[i] as number))
    assert.ok(log10.total >= log10.output)
  })

  it('knows the level of a repository that it was trained on, and says which kind of task it is', () => {
    const of = (repository: string | null) => forecast({}, bundle, repository)
    const [small, large, other] = [of('acme/anvil'), of('ACME/Drill'), of('else/where')]
    assert.ok(small.log10.total < other.log10.total && other.log10.total < large.log10.total)
    assert.deepEqual(
      [small.regime, large.regime, other.regime, of(null).regime],
      ['known', 'known', 'new', 'new'],
    )
    const issueOnly = forecasterOf(bundle)
      .task({ ...features, repository: false }, 'acme/anvil')
      .forecast(ask())
    assert.equal(issueOnly.regime, 'issue')
  })

  it('is wider without a repository than with one that is known', () => {
    const issueOnly = forecasterOf(bundle)
      .task({ ...features, repository: false }, null)
      .forecast(ask())
    assert.ok(width(issueOnly.total) > width(forecast().total))
  })

  it('does not depend on what was forecast before it', () => {
    const task = forecasterOf(bundle).task(features, 'acme/anvil')
    task.forecast(ask({ model: 'mystery-1', meanOf: 3 }))
    assert.deepEqual(task.forecast(ask()), forecast())
  })
})

describe("a model's own forecast", () => {
  const said = (outputTokens: number, totalTokens: number) =>
    forecast({ selfForecast: { outputTokens, totalTokens } }).log10

  it('moves the forecast its way', () => {
    const [low, none, high] = [said(4e3, 1e5), forecast().log10, said(4e4, 4e6)]
    for (const kind of ['output', 'total'] as const) {
      assert.ok(low[kind] < none[kind] - 0.05 && high[kind] > none[kind] + 0.05, kind)
    }
  })

  it('counts no further than four standard deviations, however mad it is', () => {
    assert.deepEqual(said(1e300, 1e300), said(1e30, 1e30))
    assert.deepEqual(said(1e-300, 1e-300), said(1e-30, 1e-30))
    for (const mad of [Number.MIN_VALUE, 0, 1e308]) assert.ok(Number.isFinite(said(mad, mad).total))
  })

  it('counts for nothing with a model that made none in training', () => {
    const silent: Bundle = { ...bundle, pairs: bundle.pairs.map((pair) => ({ ...pair, selfForecast: null })) }
    const selfForecast = { outputTokens: 1, totalTokens: 2 }
    assert.deepEqual(forecast({ selfForecast }, silent), forecast({}, silent))
    assert.equal(
      forecast({ model: 'never-heard-of', selfForecast }).log10.total,
      forecast({ model: 'never-heard-of' }).log10.total,
    )
  })

  it('is a hint in its own standard deviations', () => {
    const scale = { output: [4, 0.5], total: [6, 0.25] } as {
      output: [number, number]
      total: [number, number]
    }
    close(hintsOf({ outputTokens: 1e5, totalTokens: 1e5 }, scale) ?? [], [2, -4], 1e-12)
    assert.equal(hintsOf(null, scale), null)
    assert.equal(hintsOf({ outputTokens: 1, totalTokens: 1 }, undefined), null)
  })

  it('has a scale only where twenty were made', () => {
    const made = Array.from({ length: 20 }, (_, i) => ({
      outputTokens: i < 10 ? 100 : 10_000,
      totalTokens: 1e6,
    }))
    assert.deepEqual(selfForecastScale(made), { output: [3, 1], total: [6, 0.001] })
    assert.equal(selfForecastScale(made.slice(1)), null)
  })
})
