import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as conformal from '../../../src/regress/conformal.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import { convolveNoise } from '../../../src/regress/run-noise.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses, reread } from './close.ts'

const { residuals, levels, quantiles } = reference.conformal
const rowsOf = (
  values: readonly number[],
  tasks: readonly (string | number)[] = values.map((_, i) => i),
) => ({
  actual: Float64Array.from(values, (value) => value + 5),
  predicted: new Float64Array(values.length).fill(5),
  tasks,
})

describe('calibrate', () => {
  it('takes the ⌈p (n + 1)⌉-th residual above the middle and the mirrored one below', () => {
    const state = reread(conformal.calibrate(rowsOf(residuals)))
    close(
      levels.map((p) => conformal.residualQuantile(state, p)),
      quantiles,
      1e-12,
    )
  })

  it('lets a task with many runs count like a task with one', () => {
    const many = [...residuals, ...Array.from({ length: 300 }, () => residuals[0] as number)]
    const tasks = many.map((_, i) => (i < residuals.length ? i : 0))
    const once = conformal.calibrate(rowsOf(residuals))
    close(conformal.calibrate(rowsOf(many, tasks)).residuals, once.residuals, 1e-12)
  })

  it('lists only the levels that the number of tasks can reach', () => {
    const nine = conformal.calibrate(rowsOf([1, 2, 3, 4, 5, 6, 7, 8, 9]))
    assert.deepEqual([nine.levels[0], nine.levels.at(-1)], [0.1, 0.9])
    assert.equal(conformal.residualQuantile(nine, 0.9), 9)
    assert.equal(conformal.residualQuantile(nine, 0.1), 1)
    refuses(
      () => conformal.residualQuantile(nine, 0.95),
      'too-little-data',
      /0\.95 quantile needs 19 tasks, there are 9/,
    )
    refuses(() => conformal.residualQuantile(nine, 0.01), 'too-little-data', /needs 99 tasks/)
  })

  it('lies between its listed levels in between', () => {
    const state = { tasks: 400, levels: [0.1, 0.2, 0.3], residuals: [1, 2, 6] }
    close(
      [conformal.residualQuantile(state, 0.15), conformal.residualQuantile(state, 0.225)],
      [1.5, 3],
      1e-12,
    )
    close([conformal.residualLevel(state, 1.5), conformal.residualLevel(state, 3)], [0.15, 0.225], 1e-12)
  })

  it('measures residuals in predicted spreads, and gives them back in the units of the target', () => {
    const spreads = Float64Array.from(residuals, (_, i) => 1 + (i % 5))
    const wide = residuals.map((value, i) => value * (spreads[i] as number))
    const state = conformal.calibrate({ ...rowsOf(wide), spreads })
    close(state.residuals, conformal.calibrate(rowsOf(residuals)).residuals, 1e-9)
    const high = conformal.residualQuantile(state, 0.8)
    close([conformal.calibratedQuantile(state, { prediction: 4, spread: 3 }, 0.8)], [4 + 3 * high], 1e-12)
    close([conformal.calibratedQuantile(state, { prediction: 4 }, 0.8)], [4 + high], 1e-12)
  })

  it('finds the level of a residual, held to what the tasks can tell', () => {
    const state = conformal.calibrate(rowsOf(residuals))
    for (const p of [0.1, 0.333, 0.5, 0.9]) {
      const level = conformal.residualLevel(state, conformal.residualQuantile(state, p))
      assert.ok(level >= p - 1e-9 && level <= p + 0.03, `${p} became ${level}`)
    }
    assert.equal(conformal.residualLevel(state, -1e9), state.levels[0])
    assert.equal(conformal.residualLevel(state, 1e9), state.levels.at(-1))
  })

  it('refuses a spread of 0 and rows that do not fit together', () => {
    const spreads = Float64Array.of(1, 0)
    refuses(
      () => conformal.calibrate({ ...rowsOf([1, 2]), spreads }),
      'data-malformed',
      /spread of row 1 is 0/,
    )
    refuses(() => conformal.calibrate(rowsOf([1, 2], ['a'])), 'data-malformed', /1 rows .* 2 targets/)
    refuses(() => conformal.calibrate(rowsOf([])), 'too-little-data', /0 rows/)
  })
})

describe('convolveNoise', () => {
  it('gives the distribution of a sum, as found by integration', () => {
    const grid = Array.from({ length: 199 }, (_, k) => (k + 1) / 200)
    const uniform = { tasks: 1000, levels: grid, residuals: grid.map((p) => 2 * p - 1) }
    const sums = convolveNoise(uniform, 0.5)
    for (const { level, value } of reference.noisy)
      close([conformal.residualQuantile(sums, level)], [value], 5e-3)
  })

  it('keeps the levels, and the residuals when there is no noise', () => {
    const state = conformal.calibrate(rowsOf(residuals))
    assert.deepEqual(convolveNoise(state, 0), state)
    assert.deepEqual(convolveNoise(state, 0.3).levels, state.levels)
    refuses(() => convolveNoise(state, -1), 'data-malformed', /-1/)
  })

  it('covers single runs when it was calibrated on the means of tasks', () => {
    const random = seededRandom(11)
    const means = Array.from({ length: 400 }, () => 0.3 * random.normal())
    const state = convolveNoise(conformal.calibrate(rowsOf(means)), 0.2)
    const runs = Array.from({ length: 4000 }, () => 0.3 * random.normal() + 0.2 * random.normal())
    const [low, high] = [conformal.residualQuantile(state, 0.1), conformal.residualQuantile(state, 0.9)]
    const inside = runs.filter((run) => run >= low && run <= high).length / runs.length
    assert.ok(Math.abs(inside - 0.8) < 0.03, `${inside}`)
  })
})
