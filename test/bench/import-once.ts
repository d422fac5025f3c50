/**
 * Reads a `run/1` file into a new store in each of two ways, in this process, and prints how long each took, as JSON:
 * `import-once.ts FILE FOLDER ORDER`, ORDER being `ours,bare` or `bare,ours`. A process of its own, so that its peak
 * memory is of nothing else.
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Database from 'better-sqlite3'
import { readPriceBook } from '../../src/pricing/read-price-book.ts'
import { importSource } from '../../src/store/import-source.ts'
import { MIGRATIONS } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/open-store.ts'
import { runWriter } from '../../src/store/write-run.ts'
import { formatOf } from '../../src/trajectory/formats.ts'
import { openSources } from '../../src/trajectory/open-sources.ts'
import { runPricer } from '../../src/trajectory/run-cost.ts'
import type { Usage } from '../../src/usage/usage.ts'

/** What the two ways took, in milliseconds. */
export interface Imported {
  readonly ours: number
  readonly bare: number
  /** Peak memory after the first way, in KiB. */
  readonly peakKib: number
}

const [file = '', folder = '', order = ''] = process.argv.slice(2)

async function ours(): Promise<number> {
  const start = performance.now()
  const store = openStore(join(folder, 'ours.db'), { create: true })
  const book = await readPriceBook({ file: null, cwd: folder })
  const importing = { store, writer: runWriter(store, runPricer(book)), atMs: Date.now(), onBatch: () => {} }
  const opening = { cwd: folder, stdin: process.stdin, signal: new AbortController().signal }
  for await (const opened of openSources([file], opening)) {
    if (opened.kind === 'unreadable') throw opened.error
    const format = formatOf(opened.source)
    if (format === null) throw new Error('of no format')
    const about = { name: file, sha256: await opened.source.sha256(), format }
    const { runs } = await importSource(importing, about, format.read(opened.source, opening.signal))
    if (runs.added === 0) throw new Error('nothing was imported')
  }
  store.close()
  return performance.now() - start
}

interface Line {
  readonly id: string
  readonly agent: string
  readonly model: string
  readonly run: number
  readonly usage: Usage
  readonly calls: number
  readonly outcome: string
  readonly wallSeconds: number
  readonly startedAt: string
  readonly perCall: readonly { readonly at: string; readonly model: string; readonly usage: Usage }[]
}

/** Nothing but `JSON.parse` of each line and prepared inserts of its rows, without a check of anything. */
async function bare(): Promise<number> {
  const start = performance.now()
  const database = new Database(join(folder, 'bare.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  for (const { sql } of MIGRATIONS) database.exec(sql)
  database.exec(`INSERT INTO sources VALUES (1, 'hash', 'bare', 1, 'bare', 'now', NULL)`)
  const marks = (table: string) => {
    const columns = database.pragma(`table_info(${table})`) as readonly unknown[]
    return Array.from(columns, () => '?').join(', ')
  }
  const insertRun = database.prepare<unknown[]>(`INSERT INTO runs VALUES (${marks('runs')})`)
  const insertCall = database.prepare<unknown[]>(`INSERT INTO calls VALUES (${marks('calls')})`)
  const content = Buffer.alloc(32)
  let row = 0
  const insert = (line: Line) => {
    const { usage: u } = line
    const counts = [u.input, u.cacheRead, u.cacheWrite5m, u.cacheWrite1h, u.output, u.reasoning]
    insertRun.run(
      ++row,
      line.id,
      content,
      line.id,
      null,
      line.agent,
      null,
      line.model,
      line.model,
      line.run,
      ...counts,
      0,
      line.calls,
      line.calls,
      line.outcome,
      line.wallSeconds,
      line.startedAt,
      null,
      '0.42',
      null,
      null,
      'provider',
      1,
      null,
      null,
      null,
      null,
    )
    for (const [place, { at, model, usage }] of line.perCall.entries()) {
      const { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = usage
      const used = [input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning]
      insertCall.run(row, place, null, at, model, ...used, 1, 0, 'provider', null)
    }
  }
  const insertAll = database.transaction((lines: readonly string[]) => {
    for (const line of lines) insert(JSON.parse(line) as Line)
  })
  let batch: string[] = []
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (batch.push(line) < 500) continue
    insertAll(batch)
    batch = []
  }
  insertAll(batch)
  database.close()
  return performance.now() - start
}

const taken = { ours: 0, bare: 0, peakKib: 0 }
for (const way of order.split(',')) {
  if (way === 'ours') taken.ours = await ours()
  else taken.bare = await bare()
  taken.peakKib ||= process.resourceUsage().maxRSS
}
process.stdout.write(JSON.stringify(taken satisfies Imported))
