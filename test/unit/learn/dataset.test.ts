import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { formatCaching } from '../../../src/learn/corpus-caching.ts'
import { readDataset, targetsOf, withSpend } from '../../../src/learn/dataset.ts'
import { WITH_REPOSITORY } from '../../../src/learn/fit.ts'
import { crossPredict, fitOn, foldsOf, outside } from '../../../src/learn/folds.ts'
import { formatSpend, type SpendRow } from '../../../src/learn/spend.ts'
import { formatGrams, formatTasks } from '../../../src/learn/tables.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { syntheticDataset } from '../../fixtures/synthetic-dataset.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const { dataset } = syntheticDataset({ tasks: 40, seed: 2, models: ['m-1', 'm-2'] })
const rows = dataset.spend.flatMap((byTask) => [...byTask.values()])
const caching = dataset.caching.flatMap((row) => (row ? [row] : []))
const tables = (spend: readonly SpendRow[] = rows) => ({
  'tasks.csv': formatTasks(dataset.tasks),
  'grams.csv': formatGrams(dataset.tasks),
  'spend.csv': formatSpend(spend),
  'caching.csv': formatCaching(caching.slice(1)),
})

function written(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

describe('a dataset', () => {
  it('is put together from its tables, with a hash over their bytes', async () => {
    const read = await readDataset(written(tables()))
    assert.deepEqual(read.pairs, dataset.pairs)
    assert.deepEqual(
      read.tasks.map(({ id }) => id),
      dataset.tasks.map(({ id }) => id),
    )
    assert.equal(read.spend[1]?.get(7)?.task, 'task-7')
    assert.deepEqual(
      read.caching.map((row) => row?.cacheReadShare),
      [undefined, 0.8],
    )
    const all = Object.values(tables()).join('')
    assert.equal(read.hash, createHash('sha256').update(all).digest('hex'))
  })

  it('has log10 tokens by task and pair, and nothing where nothing was run', async () => {
    const read = await readDataset(written(tables(rows.slice(1))))
    const [output, total] = [targetsOf(read, 'output'), targetsOf(read, 'total')]
    assert.equal(output.length, 80)
    assert.ok(Number.isNaN(total[0]) && Number.isNaN(output[0]))
    const row = read.spend[1]?.get(3) as SpendRow
    assert.equal(total[7], Math.log10(row.inputTokens + row.outputTokens))
    assert.equal(output[7], Math.log10(row.outputTokens))
  })

  it('is refused without a table, for a task it does not know, and for one told twice', async () => {
    for (const name of Object.keys(tables())) {
      const folder = written(tables())
      rmSync(join(folder, name))
      await assert.rejects(readDataset(folder), failsWith('file-not-found', new RegExp(`${name}$`)))
    }
    const refused = (spend: readonly SpendRow[], detail: RegExp) =>
      assert.rejects(readDataset(written(tables(spend))), failsWith('data-malformed', detail))
    const first = rows[0] as SpendRow
    await refused([...rows, { ...first, task: 'task-99' }], /spend\.csv has task-99, tasks\.csv has not/)
    await refused([...rows, first], /spend\.csv has task-0 openhands m-1 twice/)
    const twice = { ...tables(), 'tasks.csv': formatTasks([...dataset.tasks, ...dataset.tasks.slice(0, 1)]) }
    await assert.rejects(readDataset(written(twice)), failsWith('data-malformed', /a task twice/))
  })

  it('takes what was spent from elsewhere, as far as it knows the tasks', () => {
    const other = rows.slice(0, 3).map((row) => ({ ...row, model: 'm-2', outputTokens: 1 }))
    const {
      pairs,
      spend,
      caching: kept,
    } = withSpend(dataset, [...other, { ...(other[0] as SpendRow), task: 'unknown' }])
    assert.deepEqual(pairs, [{ agent: 'openhands', model: 'm-2' }])
    assert.deepEqual([...(spend[0]?.values() ?? [])], other)
    assert.equal(kept[0]?.model, 'm-2')
  })
})

describe('folds', () => {
  it('hold tasks by index, without those that the dataset lacks', () => {
    assert.deepEqual(foldsOf(dataset, [['task-3', 'task-1'], ['nope'], ['task-0', 'nope']]), [
      [3, 1],
      [],
      [0],
    ])
    assert.deepEqual(outside(dataset, [0, 2, 4]).slice(0, 4), [1, 3, 5, 6])
    assert.equal(outside(dataset, [0, 2, 4]).length, 37)
  })

  it('forecast every task by what was learnt from the others alone', async () => {
    const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
    const fold = [0, 5, 9]
    const rest = outside(dataset, fold)
    const before = await crossPredict(dataset, targets, [fold], WITH_REPOSITORY)
    // What was spent on the tasks held out must not matter.
    const changed = (values: Float64Array) =>
      values.map((value, k) => (fold.includes(Math.floor(k / 2)) ? value + 3 : value))
    const after = await crossPredict(
      dataset,
      { output: changed(targets.output), total: changed(targets.total) },
      [fold],
      WITH_REPOSITORY,
    )
    assert.deepEqual(after.plain, before.plain)
    assert.deepEqual(after.sizes, before.sizes)
    for (const t of rest) assert.ok(Number.isNaN(before.plain.total[2 * t]))
    for (const t of fold)
      assert.ok(Number.isFinite(before.plain.total[2 * t]) && Number.isFinite(before.hinted.output[2 * t]))
  })

  it('take scales of self-forecasts from the training tasks, and none where they are not asked for', () => {
    const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
    const few = Array.from({ length: 19 }, (_, t) => t)
    assert.deepEqual(fitOn(dataset, targets, few, WITH_REPOSITORY).scales, [null, null])
    const asked = fitOn(dataset, targets, [...few, 19], WITH_REPOSITORY)
    assert.ok(asked.scales.every((scale) => scale !== null))
    const quiet = fitOn(dataset, targets, [...few, 19], { ...WITH_REPOSITORY, hints: false })
    assert.deepEqual([quiet.scales, quiet.head.quantities.total.series[0]?.hinted], [[null, null], null])
  })
})
