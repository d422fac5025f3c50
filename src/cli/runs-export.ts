import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { csvFormatRow } from 'd3-dsv'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { checkShape } from '../json.ts'
import { RUN_COLUMNS, type RunColumn } from '../report/run-columns.ts'
import { exchangeForm } from '../store/exchange.ts'
import type { Store } from '../store/open-store.ts'
import { actionReader, callReader, type RunFilter, readRuns, type StoredRun } from '../store/read-runs.ts'
import type { Invocation } from './command-line.ts'

const Options = z.object({
  as: z.enum(['jsonl', 'csv', 'parquet'], 'expected jsonl, csv or parquet').default('jsonl'),
  out: z.string().min(1).optional(),
})

/** `runs export`: one form, whole or not at all where it goes to a file. */
export async function exportRuns(call: Invocation, store: Store, filter: RunFilter): Promise<number> {
  const { app, options } = call
  const { as, out } = checkShape(Options, options, 'the options', 'usage')
  if (as === 'parquet') {
    if (out === undefined)
      throw new KnownError('usage', '--as parquet without --out', { fix: 'name a file with --out' })
    await writeParquet(resolve(app.cwd, out), [...readRuns(store, filter)])
    return EXIT.ok
  }
  const lines = as === 'csv' ? csvLines(store, filter) : exchangeLines(store, filter)
  if (out !== undefined) await writeLines(resolve(app.cwd, out), lines)
  else
    for (const line of lines) {
      app.signal.throwIfAborted()
      app.print(line)
    }
  return EXIT.ok
}

function* exchangeLines(store: Store, filter: RunFilter): Generator<string> {
  const [callsOf, actionsOf] = [callReader(store), actionReader(store)]
  for (const run of readRuns(store, filter))
    yield `${JSON.stringify(exchangeForm(run, { calls: callsOf(run.id), actions: actionsOf(run.id) }))}\n`
}

function* csvLines(store: Store, filter: RunFilter): Generator<string> {
  yield `${csvFormatRow(RUN_COLUMNS.map(({ name }) => name))}\n`
  for (const run of readRuns(store, filter)) {
    yield `${csvFormatRow(RUN_COLUMNS.map(({ of }) => cell(of(run))))}\n`
  }
}

const cell = (value: string | number | boolean | null): string => (value === null ? '' : String(value))

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const beside = `${file}.${process.pid}.part`
  const stream = createWriteStream(beside)
  try {
    for (const line of lines) if (!stream.write(line)) await once(stream, 'drain')
    stream.end()
    await finished(stream)
    await rename(beside, file)
  } catch (cause) {
    stream.destroy()
    await rm(beside, { force: true }).catch(() => {}) // the first failure is the one to tell
    throw new KnownError('file-not-written', file, { cause })
  }
}

const PARQUET = { text: 'STRING', count: 'INT64', real: 'DOUBLE', flag: 'BOOLEAN' } as const

async function writeParquet(file: string, runs: readonly StoredRun[]): Promise<void> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const { writeWhole } = await import('./write-file.ts')
  const value = ({ type, of }: RunColumn, run: StoredRun) => {
    const found = of(run)
    return type === 'count' && typeof found === 'number' ? BigInt(found) : found
  }
  const columnData = RUN_COLUMNS.map((column) => ({
    name: column.name,
    type: PARQUET[column.type],
    data: runs.map((run) => value(column, run)),
    nullable: true,
  }))
  await writeWhole(file, new Uint8Array(parquetWriteBuffer({ columnData })))
}
