import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { auc } from '../../src/metrics/auc.ts'
import { pearson } from '../../src/metrics/pearson.ts'
import { ranks } from '../../src/metrics/ranks.ts'
import { wilsonInterval } from '../../src/metrics/wilson.ts'
import { blend } from '../../src/regress/blend.ts'
import { binOf, guideOf } from '../../src/regress/boosting-guide.ts'
import { calibrate, residualQuantile } from '../../src/regress/conformal.ts'
import type { Estimator } from '../../src/regress/estimator.ts'
import { gradientBoosting } from '../../src/regress/gradient-boosting.ts'
import { groupMean } from '../../src/regress/group-mean.ts'
import { isotonic } from '../../src/regress/isotonic.ts'
import { kernelRidge } from '../../src/regress/kernel-ridge.ts'
import { leastSquares } from '../../src/regress/least-squares.ts'
import { logistic } from '../../src/regress/logistic.ts'
import { fromColumn, fromRows, type Matrix } from '../../src/regress/matrix.ts'
import { median } from '../../src/regress/median.ts'
import { quantile } from '../../src/regress/quantile.ts'
import { ridge } from '../../src/regress/ridge.ts'
import { convolveNoise } from '../../src/regress/run-noise.ts'
import { selectQuantile } from '../../src/regress/select-quantile.ts'
import { groupedFolds } from '../../src/regress/splits.ts'
import { standardised } from '../../src/regress/standardise.ts'

const COLUMNS = 3
const cell = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const row = fc.array(cell, { minLength: COLUMNS, maxLength: COLUMNS })
const gap = fc.oneof({ weight: 4, arbitrary: cell }, { weight: 1, arbitrary: fc.constant(Number.NaN) })
const gappyRow = fc.array(gap, { minLength: COLUMNS, maxLength: COLUMNS })
const someRows = (each: fc.Arbitrary<number[]>) =>
  fc.array(fc.tuple(each, cell), { minLength: 6, maxLength: 40 })

const rbf = { kind: 'rbf', columns: [0, 1, 2], weight: 1, gamma: 1e-6 } as const
const linear = { kind: 'linear', columns: [0, 1], weight: 0.5 } as const
const boosting = { seed: 1, rounds: 5, minLeafRows: 2, rowShare: 0.8, columnShare: 0.7, maxBins: 8 }

/** Each learner with its settings, and whether it takes tables with gaps. */
const LEARNERS: readonly [name: string, fit: ReturnType<typeof bound>, gaps: boolean][] = [
  ['median', bound(median, {}), true],
  ['group-mean', bound(groupMean, { column: 0, shrinkage: 1 }), true],
  ['ridge', bound(ridge, { penalty: 1 }), false],
  ['standardised ridge', bound(standardised(ridge, { indicators: true }), { penalty: 1 }), true],
  ['kernel ridge', bound(kernelRidge, { penalty: 1, kernel: [rbf, linear] }), false],
  ['squared boosting', bound(gradientBoosting, { ...boosting, loss: { kind: 'squared' } }), true],
  ['pinball boosting', bound(gradientBoosting, { ...boosting, loss: { kind: 'pinball', level: 0.8 } }), true],
  ['least squares', bound(leastSquares, {}), false],
  ['blend', bound(blend, {}), false],
]

/** Fits twice, passes one state through JSON, and predicts with both. */
function bound<P, S>(learner: Estimator<P, S>, params: P) {
  return (x: Matrix, y: Float64Array) => {
    const written = JSON.stringify(learner.fit(x, y, params))
    return {
      direct: learner.predict(learner.fit(x, y, params), x),
      reread: learner.predict(JSON.parse(written), x),
      written,
    }
  }
}

describe('every learner', () => {
  for (const [name, fit, gaps] of LEARNERS) {
    it(`${name} predicts finite numbers, the same bytes after a round trip through JSON`, () => {
      fc.assert(
        fc.property(someRows(gaps ? gappyRow : row), (rows) => {
          const x = fromRows(rows.map(([cells]) => cells))
          const { direct, reread, written } = fit(
            x,
            Float64Array.from(rows, ([, target]) => target),
          )
          assert.ok(direct.every(Number.isFinite))
          assert.deepEqual(new Uint8Array(reread.buffer), new Uint8Array(direct.buffer))
          assert.ok(!written.includes('null'))
        }),
        { numRuns: 40 },
      )
    })
  }

  it('logistic predicts probabilities that add up to the successes it has seen', () => {
    const tries = fc.array(fc.tuple(row, fc.boolean()), { minLength: 4, maxLength: 30 })
    fc.assert(
      fc.property(tries, (rows) => {
        const y = Float64Array.from(rows, ([, won]) => Number(won))
        fc.pre(y.includes(0) && y.includes(1))
        const x = fromRows(rows.map(([cells]) => cells))
        const learner = standardised(logistic)
        const p = learner.predict(learner.fit(x, y, { penalty: 1 }), x)
        assert.ok(p.every((each) => each >= 0 && each <= 1))
        const sum = (values: Float64Array) => values.reduce((total, each) => total + each, 0)
        assert.ok(Math.abs(sum(p) - sum(y)) < 1e-6)
      }),
    )
  })

  it('isotonic rises, keeps the mean, and does not move what already rises', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), cell), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(points, (rows) => {
        const x = fromColumn(rows.map(([at]) => at))
        const y = Float64Array.from(rows, ([, value]) => value)
        const fitted = isotonic.predict(isotonic.fit(x, y, {}), x)
        for (const [i, at] of x.values.entries()) {
          assert.ok(
            x.values.every((other, k) => other < at || (fitted[k] as number) >= (fitted[i] as number)),
          )
        }
        const miss = fitted.reduce((sum, value, i) => sum + value - (y[i] as number), 0)
        assert.ok(Math.abs(miss) < 1e-8 * 1e3 * rows.length)
        const again = isotonic.predict(isotonic.fit(x, fitted, {}), x)
        assert.ok(again.every((value, i) => Math.abs(value - (fitted[i] as number)) < 1e-9))
      }),
    )
  })
})

describe('blend', () => {
  it('cannot be improved by moving any weight that may move', () => {
    const integer = fc.integer({ min: -9, max: 9 })
    const rows = fc.array(fc.tuple(fc.array(integer, { minLength: 4, maxLength: 4 }), integer), {
      minLength: 8,
    })
    fc.assert(
      fc.property(rows, (cells) => {
        const x = fromRows(cells.map(([each]) => each))
        const { weights } = blend.fit(
          x,
          Float64Array.from(cells, ([, target]) => target),
          { sumToOne: false },
        )
        for (const [j, weight] of weights.entries()) {
          const slope = cells.reduce((sum, [each, target]) => {
            const miss = target - each.reduce((total, value, k) => total + value * (weights[k] as number), 0)
            return sum + miss * (each[j] as number)
          }, 0)
          assert.ok(weight >= 0 && slope < 1e-6 && (weight === 0 || slope > -1e-6))
        }
      }),
    )
  })
})

describe('guide', () => {
  it('counts the edges below a value, whatever the spacing of the edges', () => {
    const number = fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    fc.assert(
      fc.property(fc.uniqueArray(number, { maxLength: 60 }), number, (values, other) => {
        const edges = Float64Array.from(values).sort()
        for (const value of [other, ...edges]) {
          assert.equal(binOf(guideOf(edges), value), edges.filter((edge) => edge < value).length)
        }
      }),
    )
  })
})

describe('selectQuantile', () => {
  it('is the quantile of the sorted values, and keeps them all', () => {
    const values = fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), cell), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, p) => {
        const reordered = Float64Array.from(list, (value) => value + 0)
        const expected = quantile(reordered, p)
        assert.equal(selectQuantile(reordered, p), expected)
        assert.deepEqual(reordered.sort(), Float64Array.from(list, (value) => value + 0).sort())
      }),
    )
  })
})

describe('conformal', () => {
  const residuals = fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 10, maxLength: 40 })

  it('covers a new task as promised, whichever of exchangeable tasks is the new one', () => {
    fc.assert(
      fc.property(residuals, fc.integer({ min: 20, max: 180 }), (all, step) => {
        const p = step / 200
        const needed = Math.max(p, 1 - p)
        fc.pre(needed * all.length <= all.length - 1)
        const below = all.filter((value, i) => {
          const others = all.filter((_, k) => k !== i)
          const state = calibrate({
            actual: Float64Array.from(others),
            predicted: new Float64Array(others.length),
            tasks: others.map((_, k) => k),
          })
          const bound = residualQuantile(state, p)
          return p >= 0.5 ? value <= bound : value < bound
        }).length
        const share = below / all.length
        // Above the middle at least p lie below the bound, mirrored beneath it; never off by more than one task.
        if (p > 0.5) assert.ok(share >= p - 1e-9 && share <= p + 1 / all.length)
        if (p < 0.5) assert.ok(share <= p + 1e-9 && share >= p - 1 / all.length)
      }),
      { numRuns: 30 },
    )
  })

  it('never crosses, with or without run-to-run noise, and noise widens it', () => {
    fc.assert(
      fc.property(
        residuals,
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 40, maxLength: 40 }),
        (all, of) => {
          const state = calibrate({
            actual: Float64Array.from(all),
            predicted: new Float64Array(all.length),
            tasks: all.map((_, k) => (k < 12 ? k : (of[k] ?? 0))),
          })
          const noisy = convolveNoise(state, 1e6)
          for (const { residuals: each } of [state, noisy]) {
            assert.ok(each.every((value, k) => k === 0 || value >= (each[k - 1] as number)))
          }
          const width = (each: readonly number[]): number => (each.at(-1) as number) - (each[0] as number)
          assert.ok(width(noisy.residuals) > width(state.residuals))
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('groupedFolds', () => {
  it('tests each row once, splits no group, and is off balance by no more than the largest group', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 5 }), fc.integer(), (of, folds, seed) => {
        const sizes = Object.values(Object.groupBy(of, String)).map((each) => each?.length ?? 0)
        fc.pre(sizes.length >= folds)
        const splits = groupedFolds(of, { folds, seed })
        const tested = splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)
        assert.deepEqual(
          tested,
          of.map((_, i) => i),
        )
        for (const { train, test } of splits) {
          assert.ok(test.length > 0 && train.every((i) => !test.some((k) => of[k] === of[i])))
        }
        const held = splits.map(({ test }) => test.length)
        assert.ok(Math.max(...held) - Math.min(...held) <= Math.max(...sizes))
      }),
    )
  })
})

describe('metrics', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
    minLength: 3,
    maxLength: 40,
  })

  it('pearson is symmetric, blind to level and scale, odd in sign, and at most 1', () => {
    const scale = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    fc.assert(
      fc.property(pairs, scale, cell, (rows, by, shift) => {
        const [x, y] = [rows.map(([a]) => a), rows.map(([, b]) => b)]
        fc.pre(new Set(x).size > 1 && new Set(y).size > 1)
        const r = pearson(x, y)
        assert.ok(Math.abs(r) <= 1)
        assert.ok(Math.abs(pearson(y, x) - r) < 1e-12)
        const moved = x.map((value) => by * value + shift)
        assert.ok(Math.abs(pearson(moved, y) - r) < 1e-9)
        const flipped = y.map((value) => -value)
        assert.ok(Math.abs(pearson(x, flipped) + r) < 1e-12)
      }),
    )
  })

  it('ranks add up to n (n + 1) / 2 and do not see a rising transformation', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }), (values) => {
        const ranked = ranks(values)
        const n = values.length
        assert.equal(
          ranked.reduce((sum, each) => sum + each, 0),
          (n * (n + 1)) / 2,
        )
        assert.deepEqual(ranks(values.map((value) => value ** 3 + 5)), ranked)
      }),
    )
  })

  it('auc is the share of pairs in order, and 1 − auc when scores are turned round', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { minLength: 2 }),
        (rows) => {
          const [won, lost] = [rows.filter(([, y]) => y), rows.filter(([, y]) => !y)]
          fc.pre(won.length > 0 && lost.length > 0)
          const inOrder = won.flatMap(([a]) => lost.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0)))
          const share = inOrder.reduce((sum: number, each) => sum + each, 0) / inOrder.length
          const outcomes = rows.map(([, y]) => Number(y))
          const scores = rows.map(([score]) => score)
          assert.ok(Math.abs(auc(scores, outcomes) - share) < 1e-12)
          const turned = scores.map((score) => -score)
          assert.ok(Math.abs(auc(turned, outcomes) + share - 1) < 1e-12)
        },
      ),
    )
  })

  it('wilson holds the share it is about, inside [0, 1], and mirrors failures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const k = Math.round(n * part)
        const { low, high } = wilsonInterval(k, n)
        assert.ok(low >= 0 && low <= k / n && high >= k / n && high <= 1)
        assert.ok(Math.abs(wilsonInterval(n - k, n).low - (1 - high)) < 1e-12)
      }),
    )
  })
})
