import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OwnHistory, OwnRun } from '../../src/learn/own/history.ts'
import { HALF_LIFE_DAYS } from '../../src/learn/own/learn-own.ts'
import type { LeftOut } from '../../src/learn/own/read-history.ts'
import { trainFromHistory } from '../../src/learn/own/train-from-history.ts'
import { ownHistory, withRuns } from '../fixtures/own-history.ts'
import { syntheticBundle } from '../fixtures/synthetic-bundle.ts'

const root = await syntheticBundle()
const NONE: LeftOut = { 'no-tokens': 0, 'no-agent': 0, 'no-model': 0, repeated: 0 }
const params = { id: 'own', seed: 1, halfLifeDays: HALF_LIFE_DAYS }
const trained = (history: OwnHistory, more: Partial<Parameters<typeof trainFromHistory>[0]> = {}) =>
  trainFromHistory({ root, champion: root, history, leftOut: NONE, params, ...more })

const pairs = [
  { agent: 'my-agent', model: 'small-model', level: -0.3 },
  { agent: 'my-agent', model: 'large-model', level: 0.6 },
]
const honest = ownHistory({ seed: 1, runs: 120, tasks: 60, pairs })
/** The last half otherwise. */
const later = (change: (run: OwnRun) => OwnRun) =>
  withRuns(honest, (run, i) => (i >= honest.runs.length / 2 ? change(run) : run))
const kinds = async (history: OwnHistory, more = {}) =>
  (await trained(history, more)).alarms.map(({ kind }) => kind)

describe('a challenger', () => {
  it('is better than the bundle of the tables after runs of pairs that it does not know', async () => {
    const { verdict, comparison, alarms } = await trained(honest)
    assert.deepEqual([verdict, alarms], ['better', []])
    assert.ok(comparison !== null && comparison.challenger.loss < comparison.champion.loss)
    assert.deepEqual(comparison.byModel.map(({ name }) => name).sort(), [
      'my-agent · large-model',
      'my-agent · small-model',
    ])
  })

  it('has too little to show after a few runs, and after none', async () => {
    assert.equal((await trained(ownHistory({ seed: 1, runs: 6 }))).verdict, 'too-little')
    assert.equal((await trained(ownHistory({ seed: 1, runs: 0 }))).verdict, 'too-little')
  })

  it('is held against runs alone that the champion has not learnt from', async () => {
    const half = { ...honest, runs: honest.runs.slice(0, 90) }
    const { bundle: champion } = await trained(half)
    const { comparison } = await trained(honest, { champion })
    assert.equal(comparison?.runs, 30)
  })

  it('is refused where tokens are a thousand times what they were', async () => {
    const broken = later((run) => ({ ...run, output: run.output + 3, total: run.total + 3 }))
    const { verdict, alarms, reasons } = await trained(broken)
    assert.equal(verdict, 'refused')
    assert.deepEqual(
      [...new Set(alarms.map(({ kind }) => kind))].sort(),
      ['tokens-impossible', 'tokens-jump'].sort(),
    )
    assert.match(reasons.join('\n'), /times more than what came before tells/)
  })

  it('is refused where calls took more than any model can, whatever came before', async () => {
    const broken = withRuns(honest, (run) => ({
      ...run,
      total: run.total + 4,
      output: run.output + 4,
      calls: 3,
    }))
    assert.ok((await kinds(broken)).includes('tokens-impossible'))
  })

  it('is refused where two models go by the name of each other', async () => {
    const swapped = later((run) => ({ ...run, pair: 1 - run.pair }))
    assert.deepEqual(await kinds(swapped), ['models-swapped'])
  })

  it('is refused where the same runs come over and over', async () => {
    assert.deepEqual(await kinds(honest, { leftOut: { ...NONE, repeated: 500 } }), ['duplicates'])
  })

  it('is refused where no run resolves its task any more', async () => {
    assert.deepEqual(await kinds(later((run) => ({ ...run, resolved: false }))), ['all-failures'])
  })

  it('is refused where the infrastructure ended most runs', async () => {
    const ended = later((run) => ({ ...run, infraError: true, telling: 'at-least' as const, resolved: null }))
    assert.ok((await kinds(ended)).includes('infra-errors'))
  })

  it('is followed where costs are three times what they were', async () => {
    const dearer = later((run) => ({ ...run, total: run.total + 0.48, output: run.output + 0.48 }))
    const { verdict, alarms } = await trained(dearer)
    assert.deepEqual([verdict, alarms], ['better', []])
  })
})
