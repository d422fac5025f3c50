import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { publishedFigure, publishedOf, publishedRows } from '../../../../src/report/reproduction/published.ts'
import { readPublished } from '../../../../src/report/reproduction/read-published.ts'
import { tokenTrackingSection } from '../../../../src/report/reproduction/token-tracking.ts'
import { failsWith } from '../../../fixtures/known-failure.ts'
import { figureOf, reasonOf, rowsOf } from '../../../fixtures/report-subject.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'
import { close } from '../../regress/close.ts'

const FILE = resolve(import.meta.dirname, '../../../../data/published.csv')
const published = await readPublished(FILE)
const { words, blocks } = tokenTrackingSection(published)
const rows = rowsOf(blocks[0]?.table ?? { id: '', title: '', columns: [], rows: [], note: '' })

/** As it is published: rate in %, mean tokens, efficiency. */
const TABLE = [
  [99.0, 6002, 0.165],
  [98.5, 7263, 0.136],
  [99.5, 7352, 0.135],
  [100, 8640, 0.116],
  [99.5, 10_756, 0.093],
  [99.0, 13_631, 0.073],
  [59.0, 27_094, 0.022],
  [47.0, 57_063, 0.008],
] as const
const TASKS = 200

/** Wilson's interval by its formula, z = 1.959964. */
function wilson(successes: number): readonly [number, number] {
  const [z, p] = [1.959963984540054, successes / TASKS]
  const middle = p + (z * z) / (2 * TASKS)
  const half = z * Math.sqrt((p * (1 - p)) / TASKS + (z * z) / (4 * TASKS ** 2))
  return [(middle - half) / (1 + (z * z) / TASKS), (middle + half) / (1 + (z * z) / TASKS)]
}

/** Fisher's exact test by summing what is no likelier than what was seen. */
function fisher(a: number, b: number): number {
  const logs = [0]
  for (let i = 1; i <= 2 * TASKS; i++) logs.push((logs[i - 1] ?? 0) + Math.log(i))
  const choose = (n: number, k: number) => (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0)
  const all = a + b
  const chance = (x: number) => Math.exp(choose(TASKS, x) + choose(TASKS, all - x) - choose(2 * TASKS, all))
  let sum = 0
  for (let x = Math.max(0, all - TASKS); x <= Math.min(TASKS, all); x++) {
    if (chance(x) <= chance(a) * (1 + 1e-9)) sum += chance(x)
  }
  return Math.min(1, sum)
}

describe('the published table of token efficiency', () => {
  it('follows to the last digit from its rates and means', () => {
    for (const [i, [rate, tokens, efficiency]] of TABLE.entries()) {
      const row = rows[`model ${i + 1}`] ?? {}
      assert.deepEqual([row.efficiency, row.efficiency_published], [efficiency, efficiency])
      assert.deepEqual([row.tasks, row.mean_total_tokens], [TASKS, tokens])
      close([figureOf(row.resolution_rate)], [rate / 100])
    }
    assert.match(words[0] ?? '', /^8 of 8 published token efficiencies follow .* to the last digit\./)
  })

  it('has Wilson’s intervals', () => {
    for (const [i, [rate]] of TABLE.entries()) {
      const cell = rows[`model ${i + 1}`]?.resolution_rate
      assert.ok(typeof cell === 'object' && 'low' in cell)
      close([cell.low ?? -1, cell.high ?? -1], wilson((rate / 100) * TASKS), 1e-9)
    }
  })

  it('has its first six tied and the last two apart, by Fisher’s test after Holm', () => {
    const verdicts = TABLE.map((_, i) => rows[`model ${i + 1}`]?.verdict)
    assert.deepEqual(verdicts, [...Array.from({ length: 6 }, () => 'tied'), 'resolves less', 'resolves less'])
    assert.match(words[0] ?? '', /The first 6 models are tied: with 200 tasks each/)
    assert.equal(reasonOf(rows['model 4']?.p_holm), 'it is the best')
    // Holm over seven comparisons: the smallest p times seven, the next times six, never falling.
    const others = TABLE.flatMap(([rate], i) => (i === 3 ? [] : [[i, fisher(rate * 2, TASKS)] as const]))
    let largest = 0
    for (const [rank, [i, p]] of others.toSorted((a, b) => a[1] - b[1]).entries()) {
      largest = Math.max(largest, (7 - rank) * p)
      close([figureOf(rows[`model ${i + 1}`]?.p_holm)], [Math.min(1, largest)], 1e-9)
    }
  })
})

describe('published figures', () => {
  it('are found by study, row and figure, in the order of the file', () => {
    assert.equal(publishedFigure(published, 'token-tracking', ['model 2', 'mean_total_tokens']), 7263)
    assert.equal(publishedFigure(published, 'token-tracking', ['model 9', 'efficiency']), null)
    assert.deepEqual(publishedRows(published, 'token-tracking', 'tasks'), ['all'])
    assert.deepEqual(publishedRows(publishedOf([]), 'token-tracking', 'tasks'), [])
  })

  it('are refused with the line where one is none', async () => {
    const folder = temporaryFolder()
    const { writeFile } = await import('node:fs/promises')
    await writeFile(join(folder, 'p.csv'), 'study,row,figure,value\na,b,c,1\na,b,d,much\n')
    await assert.rejects(readPublished(join(folder, 'p.csv')), failsWith('data-malformed', /p\.csv line 3/))
    await assert.rejects(readPublished(join(folder, 'gone.csv')), failsWith('file-not-found', /gone\.csv$/))
  })
})
