import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { KnownError } from '../../../src/errors.ts'
import { fitBoostingOnCores } from '../../../src/learn/cores/fit-boosting-on-cores.ts'
import { gradientBoosting } from '../../../src/regress/gradient-boosting.ts'
import { fromColumn, select, selectRows } from '../../../src/regress/matrix.ts'
import { until } from '../../fixtures/until.ts'
import { synthetic } from '../regress/synthetic.ts'

const { x, y } = synthetic(600, 3)
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k)
const squared = { loss: { kind: 'squared' }, seed: 1, rounds: 20, minLeafRows: 5, threads: 2 } as const

const known = (code: string, says: RegExp) => (error: unknown) =>
  error instanceof KnownError && error.code === code && says.test(error.message)

/** All threads of this process. */
const threadsNow = (): number => readdirSync('/proc/self/task').length

describe('fitBoostingOnCores', () => {
  it('stops early where one thread would', async () => {
    const [train, test] = [range(0, 300), range(300, 600)]
    const earlyStopping = { x: selectRows(x, test), y: select(y, test), patience: 3 }
    const { threads, ...rules } = { ...squared, rounds: 200, learningRate: 0.5, earlyStopping }
    const [own, target] = [selectRows(x, train), select(y, train)]
    const alone = gradientBoosting.fit(own, target, rules)
    assert.ok(alone.roots.length > 2 && alone.roots.length < 100)
    assert.deepEqual(await fitBoostingOnCores(own, target, { ...rules, threads }), alone)
  })

  it('leaves the table and the targets as they were, and takes those in shared memory as they are', async () => {
    const values = new Float64Array(new SharedArrayBuffer(x.values.byteLength))
    values.set(x.values)
    const before = [x.values.slice(), y.slice()]
    const copied = await fitBoostingOnCores(x, y, squared)
    assert.deepEqual(await fitBoostingOnCores({ ...x, values }, y, squared), copied)
    assert.deepEqual([x.values, y], before)
    assert.deepEqual([...values], [...x.values])
  })

  it('has no more threads than it has columns for', async () => {
    const column = fromColumn(range(0, 50))
    const target = Float64Array.from(range(0, 50), (value) => Math.sqrt(value))
    const state = await fitBoostingOnCores(column, target, { ...squared, threads: 64 })
    const { threads, ...rules } = squared
    assert.deepEqual(state, gradientBoosting.fit(column, target, rules))
  })

  it('refuses what one thread refuses, in the same words, and ends all threads', async () => {
    const before = threadsNow()
    const infinite = { ...x, values: x.values.slice() }
    infinite.values[infinite.values.length - 1] = Number.POSITIVE_INFINITY
    infinite.values[10] = Number.NEGATIVE_INFINITY
    await assert.rejects(
      fitBoostingOnCores(infinite, y, squared),
      known('data-malformed', /a feature is -Infinity/),
    )
    await assert.rejects(
      fitBoostingOnCores(x, y, { ...squared, learningRate: 0 }),
      known('data-malformed', /learningRate is 0/),
    )
    await assert.rejects(
      fitBoostingOnCores(x, y, { ...squared, threads: 0 }),
      known('data-malformed', /threads is 0/),
    )
    assert.equal(threadsNow(), before)
  })

  it('ends all threads when it is told to stop, before or on the way', async () => {
    const endless = { ...squared, rounds: 1e6, rowShare: 0.9 }
    const before = threadsNow()
    const stop = new AbortController()
    const fit = fitBoostingOnCores(x, y, { ...endless, signal: stop.signal })
    await until(() => threadsNow() > before + 1)
    stop.abort(new Error('enough'))
    await assert.rejects(fit, /enough/)
    assert.equal(threadsNow(), before)
    await assert.rejects(fitBoostingOnCores(x, y, { ...endless, signal: stop.signal }), /enough/)
    assert.equal(threadsNow(), before)
  })
})
