import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { logistic } from '../../../src/forecast/resolved.ts'
import type { Dataset } from '../../../src/learn/dataset.ts'
import { fitResolved } from '../../../src/learn/resolved.ts'
import { noiseCorrelationOf, runNoiseOf } from '../../../src/learn/run-noise.ts'
import type { SpendRow } from '../../../src/learn/spend.ts'
import { type Random, seededRandom } from '../../../src/regress/random.ts'

const BLANK: SpendRow = {
  task: '',
  agent: 'a',
  model: 'm',
  runs: 4,
  inputTokens: 1,
  outputTokens: 1,
  cacheReadTokens: null,
  calls: null,
  resolved: null,
  succeeded: null,
  failed: null,
  selfInputTokens: null,
  selfOutputTokens: null,
}

/** A dataset of which only what was spent is looked at. */
const datasetOf = (spend: readonly (readonly SpendRow[])[]): Dataset =>
  ({
    tasks: Array.from({ length: Math.max(...spend.map((rows) => rows.length)) }),
    pairs: spend.map((_, p) => ({ agent: 'a', model: `m-${p}` })),
    spend: spend.map((rows) => new Map(rows.entries())),
  }) as unknown as Dataset

/** Means of successes and failures of tasks whose runs differ by noise of these standard deviations. */
function noisyRows(
  sd: { output: number; total: number; correlation: number },
  count: number,
  random: Random,
): SpendRow[] {
  const mean = (runs: number) => {
    const scale = 1 / Math.sqrt(runs)
    const shared = random.normal()
    const own = random.normal()
    const output = 10 ** (4 + sd.output * scale * shared)
    const total =
      10 ** (6 + sd.total * scale * (sd.correlation * shared + Math.sqrt(1 - sd.correlation ** 2) * own))
    return { inputTokens: total - output, outputTokens: output }
  }
  return Array.from({ length: count }, (_, t) => {
    const resolved = 1 + (t % 3)
    return { ...BLANK, resolved, succeeded: mean(resolved), failed: mean(4 - resolved) }
  })
}

describe('the noise between runs', () => {
  it('is found again in the means of successes and failures', () => {
    const rows = noisyRows({ output: 0.1, total: 0.15, correlation: 0.7 }, 4000, seededRandom(1))
    const dataset = datasetOf([rows])
    assert.ok(Math.abs((runNoiseOf(dataset, 'output')[0] as number) - 0.1) < 0.01)
    assert.ok(Math.abs((runNoiseOf(dataset, 'total')[0] as number) - 0.15) < 0.015)
    assert.ok(Math.abs(noiseCorrelationOf(dataset) - 0.7) < 0.05)
  })

  it('is borrowed by a pair without such tasks, and half borrowed by one with few', () => {
    const many = noisyRows({ output: 0.1, total: 0.1, correlation: 0 }, 2000, seededRandom(2))
    const few = noisyRows({ output: 0.3, total: 0.3, correlation: 0 }, 20, seededRandom(3))
    const single = [{ ...BLANK, runs: 1, resolved: 1 }]
    const [wide, half, none] = runNoiseOf(datasetOf([many, few, single]), 'total') as [number, number, number]
    assert.ok(Math.abs(wide - 0.1) < 0.01)
    assert.ok(half > 1.3 * wide && half < 0.3)
    assert.ok(Math.abs(none - 0.1) < 0.01)
  })

  it('is not blown up by crashed runs, which spent next to nothing', () => {
    const crashed = Array.from({ length: 50 }, () => ({
      ...BLANK,
      resolved: 2,
      succeeded: { inputTokens: 1e6, outputTokens: 1e4 },
      failed: { inputTokens: 10, outputTokens: 0 },
    }))
    const rows = [
      ...noisyRows({ output: 0.1, total: 0.1, correlation: 0 }, 1000, seededRandom(4)),
      ...crashed,
    ]
    for (const quantity of ['output', 'total'] as const) {
      assert.ok(Math.abs((runNoiseOf(datasetOf([rows]), quantity)[0] as number) - 0.1) < 0.015)
    }
  })

  it('is uncorrelated, and none, where nothing tells of it', () => {
    const silent = datasetOf([[BLANK]])
    assert.deepEqual([runNoiseOf(silent, 'total'), noiseCorrelationOf(silent)], [[0], 0])
  })
})

interface World {
  readonly levels: readonly number[]
  readonly slope: number
  readonly taskSd: number
}

/** Outcomes of 4 runs by every pair but the last, which has 1; those of 4 are told only where all such pairs solved the task. */
function outcomes(world: World, sizes: Float64Array, random: Random): Dataset {
  const common = sizes.map((size) => world.slope * size + world.taskSd * random.normal())
  const solved = world.levels.map((level, p) => {
    const runs = p === world.levels.length - 1 ? 1 : 4
    const tries = (logit: number) =>
      Array.from({ length: runs }, () => random.uniform() < logistic(logit)).filter(Boolean).length
    return { runs, counts: Array.from(common, (each) => tries(level + each)) }
  })
  const byAll = Array.from(common, (_, t) =>
    solved.every(({ runs, counts }) => runs === 1 || (counts[t] as number) > 0),
  )
  return datasetOf(
    solved.map(({ runs, counts }) =>
      counts.map((resolved, t) => {
        const told = runs === 1 || byAll[t] === true
        const succeeded = runs > 1 && byAll[t] === true ? { inputTokens: 1, outputTokens: 1 } : null
        return { ...BLANK, runs, resolved: told ? resolved : null, succeeded }
      }),
    ),
  )
}

describe('the fit of P(resolved)', () => {
  const world: World = { levels: [1.5, 0.5, 1], slope: -0.6, taskSd: 1.2 }
  const random = seededRandom(7)
  const sizes = Float64Array.from({ length: 1200 }, random.normal)
  const dataset = outcomes(world, sizes, random)
  const fitted = fitResolved(dataset, sizes)

  it('finds levels, slope and spread again although only tasks solved by all are told of', () => {
    for (const [p, level] of world.levels.entries()) {
      assert.ok(Math.abs((fitted.levels[p] as number) - level) < 0.25, `level ${p}: ${fitted.levels[p]}`)
    }
    assert.ok(Math.abs(fitted.slope - world.slope) < 0.2, `slope ${fitted.slope}`)
    assert.ok(Math.abs(fitted.taskSd - world.taskSd) < 0.3, `sd ${fitted.taskSd}`)
  })

  it('does not promise what the tasks that are told of alone would', () => {
    const told = [...(dataset.spend[1]?.values() ?? [])].flatMap(({ resolved }) => resolved ?? [])
    const rate = told.reduce((sum, count) => sum + count, 0) / (4 * told.length)
    const truth = Array.from({ length: 2000 }, () =>
      logistic(0.5 + world.slope * random.normal() + world.taskSd * random.normal()),
    )
    const mean = truth.reduce((sum, p) => sum + p, 0) / truth.length
    assert.ok(rate > mean + 0.05, 'the selection matters here')
    const promised = truth.map(() =>
      logistic(
        (fitted.levels[1] as number) + fitted.slope * random.normal() + fitted.taskSd * random.normal(),
      ),
    )
    assert.ok(Math.abs(promised.reduce((sum, p) => sum + p, 0) / promised.length - mean) < 0.05)
  })

  it('is the same for the same data', () => {
    const small = outcomes(world, sizes.subarray(0, 60), seededRandom(8))
    assert.deepEqual(fitResolved(small, sizes), fitResolved(small, sizes))
  })
})
