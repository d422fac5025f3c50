import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Estimate, estimateOf } from '../../src/forecast/estimate.ts'
import { forecasterOf } from '../../src/forecast/forecaster.ts'
import { exceedance, type Range, rangeOf } from '../../src/forecast/range.ts'
import { resolveProbability } from '../../src/forecast/resolved.ts'
import { noiseAt } from '../../src/forecast/run-noise.ts'
import type { ModelPrice } from '../../src/pricing/model-price.ts'
import { arbitraryFeatures } from '../fixtures/arbitrary-features.ts'
import { freePrice, priceAt, unknownPrice } from '../fixtures/estimates.ts'
import { MODELS, syntheticBundle } from '../fixtures/synthetic-bundle.ts'
import { REPOSITORIES } from '../fixtures/synthetic-dataset.ts'

const bundle = await syntheticBundle()
const forecaster = forecasterOf(bundle)

/** Any value a feature may have, however far out, and often none. */
const value = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
)
const features = arbitraryFeatures({
  value,
  mostOfOneGram: 5000,
  fingerprint: fc.constantFrom(null, 'a1', 'b2'),
})
const anyText = fc.string({ unit: 'binary' })
const price: fc.Arbitrary<ModelPrice> = fc.oneof(
  fc
    .tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))
    .map(([a, b]) => priceAt(a, b)),
  fc.constantFrom(freePrice, unknownPrice('m')),
)
const asked = fc.record({
  features,
  repository: fc.oneof(fc.constantFrom(null, ...REPOSITORIES), anyText),
  agent: fc.oneof(fc.constantFrom('openhands', 'other'), anyText),
  model: fc.oneof(fc.constantFrom(...MODELS), anyText),
  meanOf: fc.integer({ min: 1, max: 1000 }),
  selfForecast: fc.option(
    fc.record({
      outputTokens: fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
      totalTokens: fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
    }),
  ),
  price,
  budget: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
})
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never

const forecastOf = ({ features: given, repository, ...request }: Asked) =>
  forecaster.task(given, repository).forecast(request)
const estimate = (one: Asked, budget = one.budget): Estimate =>
  estimateOf(forecastOf(one), bundle.id, one.price, budget).estimate

const rises = ({ p10, p50, p80, p90 }: Range) => p10 <= p50 && p50 <= p80 && p80 <= p90
const RUNS = { numRuns: 300 }

describe('an estimate of anything at all', () => {
  it('has finite figures and quantiles that never cross', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const { outputTokens, totalTokens, calls, costUsd, log10TotalTokens, classes } = estimate(one)
        for (const range of [outputTokens, totalTokens, ...(calls ? [calls] : [])]) {
          assert.ok(Object.values(range).every((figure) => Number.isFinite(figure) && figure >= 0))
          assert.ok(rises(range))
        }
        assert.ok(Number.isFinite(log10TotalTokens))
        for (const tokens of Object.values(classes))
          assert.ok(tokens === null || (Number.isFinite(tokens) && tokens >= 0))
        if (costUsd) {
          const { mean, p10, p50, p80, p90 } = costUsd
          assert.ok(
            rises({
              mean: Number(mean),
              p10: Number(p10),
              p50: Number(p50),
              p80: Number(p80),
              p90: Number(p90),
            }),
          )
        }
      }),
      RUNS,
    )
  })

  it('never has more output than total tokens, outcome by outcome', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const { output, total } = forecastOf(one)
        assert.ok(total.every((tokens, i) => tokens >= (output[i] as number)))
      }),
      RUNS,
    )
  })

  it('has probabilities between 0 and 1', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const { resolved, overBudget } = estimate(one)
        for (const p of [resolved, overBudget]) assert.ok(p === null || p === undefined || (p >= 0 && p <= 1))
      }),
      RUNS,
    )
  })

  it('is never more probably over a larger budget', () => {
    fc.assert(
      fc.property(asked, fc.double({ min: 1, max: 100, noNaN: true }), (one, factor) => {
        const [small, large] = [estimate(one).overBudget, estimate(one, one.budget * factor).overBudget]
        assert.ok(small == null ? large === small : (large as number) <= small)
      }),
      RUNS,
    )
  })

  it('knows a cost exactly where it knows a price, and says why where it does not', () => {
    fc.assert(
      fc.property(asked, (one) => {
        const { costUsd, costReason } = estimate(one)
        assert.equal(costUsd === null, one.price.kind === 'unknown')
        assert.equal(costReason === null, costUsd !== null)
      }),
      RUNS,
    )
  })

  it('is the same bytes for the same input, whatever was asked before', () => {
    fc.assert(
      fc.property(asked, asked, (one, other) => {
        const first = JSON.stringify(estimate(one))
        estimate(other)
        assert.equal(JSON.stringify(estimate(one)), first)
      }),
      { numRuns: 100 },
    )
  })

  it('has reasons with a factor above 0 and words', () => {
    fc.assert(
      fc.property(asked, (one) => {
        for (const { effect, meaning } of forecastOf(one).reasons)
          assert.ok(effect >= 0 && Number.isFinite(effect) && meaning !== '')
      }),
      RUNS,
    )
  })
})

describe('the range of any outcomes', () => {
  const sample = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 500 })

  it('rises, within the outcomes', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const range = rangeOf(Float64Array.from(values))
        assert.ok(rises(range))
        assert.ok(range.p10 >= Math.min(...values) && range.p90 <= Math.max(...values))
      }),
    )
  })

  it('moves and stretches with them', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 64 }), (values, factor) => {
        const [plain, scaled] = [values, values.map((each) => each * factor)].map((all) =>
          rangeOf(Float64Array.from(all)),
        )
        for (const level of ['p10', 'p80', 'p90'] as const)
          assert.equal(scaled?.[level], (plain?.[level] ?? 0) * factor)
      }),
    )
  })

  it('exceeds any limit with a probability that falls as the limit rises', () => {
    fc.assert(
      fc.property(sample, fc.double({ noNaN: true }), fc.double({ noNaN: true }), (values, a, b) => {
        const outcomes = Float64Array.from(values)
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((limit) => exceedance(outcomes, limit))
        assert.ok((low as number) >= (high as number) && (high as number) > 0 && (low as number) < 1)
      }),
    )
  })
})

describe('what a forecast is made of', () => {
  it('is noise that is finite wherever the sequence is read', () => {
    fc.assert(
      fc.property(fc.nat(1e7), fc.double({ min: -1, max: 1, noNaN: true }), (i, correlation) => {
        const { output, total } = noiseAt(i, correlation)
        assert.ok(Number.isFinite(output) && Number.isFinite(total))
      }),
    )
  })

  it('is a P(resolved) between 0 and 1 for any size', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }), (size, slope) => {
        const p = resolveProbability({ levels: [1], slope, taskSd: 1 }, 0, size) ?? Number.NaN
        assert.ok(p >= 0 && p <= 1)
      }),
    )
  })
})
