import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readTable } from '../../src/learn/corpus.ts'
import { readDataset } from '../../src/learn/dataset.ts'
import { readIssues } from '../../src/learn/replay/build-replays.ts'
import { corpusHistory, replayedTasks } from '../../src/learn/replay/corpus-history.ts'
import { learningCurve, readCurves } from '../../src/learn/replay/learning-curve.ts'
import { replay } from '../../src/learn/replay/replay.ts'
import { replayBase } from '../../src/learn/replay/replay-base.ts'
import { ROOT } from '../fixtures/built-cli.ts'

const CORPUS = join(ROOT, '../shared/corpus')
const missing = existsSync(CORPUS) ? false : 'the corpus is not there'

describe('a replay of real runs', { skip: missing }, () => {
  it('says what is told of it in data/replays.csv', { timeout: 600_000 }, async () => {
    const source = 'mini_gemini3_traj'
    const [dataset, rows, issues] = await Promise.all([
      readDataset(join(ROOT, 'data')),
      readTable(join(CORPUS, 'runs.csv.gz')),
      readIssues(join(CORPUS, 'tasks.jsonl.gz')),
    ])
    const corpus = { source, rows, issues, dataset } as const
    const base = await replayBase(dataset, source, new Set(replayedTasks(corpus)))
    const orders = [1, 2, 3].map((seed) => replay(base, corpusHistory(corpus, seed)))
    const told = (await readCurves(join(ROOT, 'data'))).filter((point) => point.source === source)
    const made = learningCurve(source, orders)
    assert.equal(made.length, told.length)
    for (const [k, point] of made.entries())
      assert.ok(Math.abs(point.error - (told[k]?.error ?? 0)) < 1e-3, `${point.from}: ${point.error}`)
  })
})
