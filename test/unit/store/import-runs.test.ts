import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  ALL_RUNS,
  importRuns,
  makeReport,
  NO_BUDGET_ASKED,
  NO_REPORT_DATA,
  openStore,
  readEpisodes,
  readPriceBook,
} from '../../../src/index.ts'
import { runLine } from '../../fixtures/run-lines.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const book = await readPriceBook({ file: null, cwd: '.' })

describe('runs brought into a store by a program', () => {
  it('are there once, priced, with what became of each source', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.jsonl'), `${runLine(0, 2)}\n${runLine(1, 2)}\n`)
    writeFileSync(join(cwd, 'b.jsonl'), `${runLine(1, 2)}\nnot a run\n`)
    writeFileSync(join(cwd, 'notes.md'), '# Notes\n')
    const store = openStore(':memory:', { create: true })
    try {
      const options = { book, cwd, atMs: Date.parse('2026-11-20') }
      const { reports, skipped } = await importRuns(store, ['.', 'gone.jsonl'], options)
      assert.deepEqual(
        reports.map(({ runs, unreadable }) => [runs.added, runs.unchanged, unreadable.length]),
        [
          [2, 0, 0],
          [0, 1, 1],
        ],
      )
      assert.deepEqual(
        skipped.map(({ error }) => error?.code ?? null),
        [null, 'file-not-found'],
      )
      const { size, costUsd } = readEpisodes(store, ALL_RUNS)
      assert.equal(size, 2)
      assert.ok(costUsd.every((usd) => usd > 0))
    } finally {
      store.close()
    }
  })

  it('make a report, and none make one that says so', async () => {
    const cwd = temporaryFolder()
    const request = { name: 'budget', asked: [], budgets: NO_BUDGET_ASKED, margin: 0.03 } as const
    const store = openStore(':memory:', { create: true })
    try {
      const none = makeReport({ ...NO_REPORT_DATA, episodes: readEpisodes(store, ALL_RUNS) }, request)
      assert.match(none.summary.join(), /There are no runs to report on/)
      writeFileSync(join(cwd, 'a.jsonl'), Array.from({ length: 60 }, (_, i) => `${runLine(i, 1)}\n`).join(''))
      await importRuns(store, ['a.jsonl'], { book, cwd, atMs: 0 })
      const some = makeReport({ ...NO_REPORT_DATA, episodes: readEpisodes(store, ALL_RUNS) }, request)
      assert.ok(some.sections.length > 0)
    } finally {
      store.close()
    }
  })
})
