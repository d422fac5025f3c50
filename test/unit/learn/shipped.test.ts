import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readCorpus } from '../../../src/learn/corpus.ts'
import { cachingOf, formatCaching } from '../../../src/learn/corpus-caching.ts'
import { spendOf } from '../../../src/learn/corpus-spend.ts'
import { formatSpend } from '../../../src/learn/spend.ts'
import { parseTasks } from '../../../src/learn/tables.ts'

const ROOT = join(import.meta.dirname, '../../..')
const CORPUS = process.env.FORETOKEN_CORPUS ?? join(ROOT, '../shared/corpus')
const skip = existsSync(CORPUS) ? false : `there is no corpus at ${CORPUS}; set FORETOKEN_CORPUS`
const shipped = (name: string) => readFileSync(join(ROOT, 'data', name), 'utf8')

describe('the tables that are shipped', () => {
  it('hold what the corpus gives', { skip }, async () => {
    const corpus = await readCorpus(CORPUS)
    assert.equal(formatSpend(spendOf(corpus)), shipped('spend.csv'))
    assert.equal(formatCaching(cachingOf(corpus)), shipped('caching.csv'))
    assert.equal(`${JSON.stringify(corpus.folds, null, 1)}\n`, shipped('folds.json'))
    const tasks = parseTasks(shipped('tasks.csv'), shipped('grams.csv'))
    assert.deepEqual(
      tasks.map(({ id, repository, commit }) => [id, repository, commit]),
      corpus.tasks.map(({ instance_id, repo, base_commit }) => [instance_id, repo, base_commit]),
    )
  })
})
