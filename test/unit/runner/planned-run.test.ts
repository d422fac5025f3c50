import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resourcesOf } from '../../../src/runner/planned-run.ts'
import { madeRuns, madeTask } from '../../fixtures/attempts.ts'

const keys = (runs: ReturnType<typeof madeRuns>): readonly string[] => runs.map(({ key }) => key)

describe('the runs of a plan', () => {
  it('are every task with every agent, model, multiplier and repeat, each once', () => {
    const runs = madeRuns({ models: ['m', 'n'], multipliers: [1, Number.POSITIVE_INFINITY], repeats: 3 })
    assert.equal(runs.length, 2 * 2 * 2 * 3)
    assert.equal(new Set(keys(runs)).size, runs.length)
  })

  it('stand in an order that only the seed decides', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => keys(madeRuns({ repeats: 20, seed })))
    assert.deepEqual(one, again)
    assert.notDeepEqual(one, other)
    assert.deepEqual(one?.toSorted(), other?.toSorted())
    assert.notDeepEqual(one, one?.toSorted())
  })

  it('have the floor of their task, and as ceiling that times the multiplier, or what the task tells', () => {
    const task = madeTask('a')
    const [MIB, floor] = [2 ** 20, { cpus: 1, memoryBytes: 2 ** 30 }]
    const of = (multiplier: number | null) => resourcesOf({ task, multiplier })
    assert.deepEqual(of(1.5), {
      floor,
      ceiling: { cpus: 1.5, memoryBytes: 1536 * MIB, pids: 4096 },
      multiplier: 1.5,
    })
    assert.deepEqual(of(Number.POSITIVE_INFINITY).ceiling, { cpus: null, memoryBytes: null, pids: 4096 })
    assert.deepEqual(of(null), {
      floor,
      ceiling: { cpus: 2, memoryBytes: 2048 * MIB, pids: 4096 },
      multiplier: 2,
    })
    const uneven = madeTask('a', {
      resources: { cpus: { floor: 1, ceiling: 4 }, memoryMib: { floor: 100, ceiling: 200 } },
    })
    assert.equal(resourcesOf({ task: uneven, multiplier: null }).multiplier, null)
  })
})
