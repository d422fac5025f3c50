import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { checkShape } from '../json.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import { importJson, importText } from '../report/import-text.ts'
import type { Settings } from '../settings.ts'
import { importOpened, type SkippedSource } from '../store/import-opened.ts'
import type { Importing, SourceReport } from '../store/import-source.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { runWriter } from '../store/write-run.ts'
import { openSources } from '../trajectory/open-sources.ts'
import { readMap } from '../trajectory/read-map.ts'
import { runPricer } from '../trajectory/run-cost.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { withFormats, withSettings } from './options.ts'
import { progressBar } from './progress.ts'

const Options = z.object({
  map: z.string().min(1, 'expected a file').optional(),
  dryRun: z.boolean().default(false),
})

/** `foretoken import`: runs from trajectories and logs of any format into the store, each once. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json')
    .argument('<path...>', 'files, folders, globs, archives, or "-" for standard input')
    .option('--map <file>', 'which column is what, for CSV and JSON Lines of your own')
    .option('--dry-run', 'tell what would be imported, and import nothing')
  withSettings(command, 'db', 'prices')
  act(command, importPaths)
}

async function importPaths(call: Invocation): Promise<number> {
  const { app, settings, format, args, options } = call
  const { map, dryRun } = checkShape(Options, options, 'the options', 'usage')
  const mapped = map === undefined ? null : await readMap(map, app.cwd)
  const store = openFor(app, settings, dryRun)
  const bar = progressBar(app, 'importing')
  const reports: SourceReport[] = []
  const skipped: SkippedSource[] = []
  let runs = 0
  try {
    const importing = await importingInto(store, { app, settings }, (batch) => {
      runs += batch
      bar.count(runs)
    })
    if (dryRun) store.database.exec('BEGIN IMMEDIATE')
    for await (const opened of openSources(args, { cwd: app.cwd, stdin: app.stdin(), signal: app.signal })) {
      if (opened.kind === 'unreadable') skipped.push({ name: opened.name, error: opened.error })
      else {
        const answer = await importOpened(importing, opened.source, { mapped, signal: app.signal })
        if ('runs' in answer) reports.push(answer)
        else skipped.push(answer)
      }
    }
  } finally {
    bar.end()
    if (store.database.inTransaction) store.database.exec('ROLLBACK')
    store.close()
  }
  const summary = { dryRun, reports, skipped }
  app.print(format === 'json' ? importJson(summary) : showSafely(importText(summary, app.columns)))
  const failed =
    skipped.some(({ error }) => error !== null) || reports.some(({ unreadable }) => unreadable.length > 0)
  return failed ? EXIT.badInput : EXIT.ok
}

/** The store of the settings; to try things out without one there, one in memory. */
function openFor(app: App, settings: Settings, dryRun: boolean): Store {
  const file = resolve(app.cwd, settings.db.value)
  return dryRun && !existsSync(file)
    ? openStore(':memory:', { create: true })
    : openStore(file, { create: true })
}

async function importingInto(
  store: Store,
  { app, settings }: { readonly app: App; readonly settings: Settings },
  onRuns: (runs: number) => void,
): Promise<Importing> {
  const book = await readPriceBook({ file: settings.prices.value, cwd: app.cwd })
  return {
    store,
    writer: runWriter(store, runPricer(book)),
    atMs: app.now(),
    onBatch: async (runs) => {
      onRuns(runs)
      app.signal.throwIfAborted()
    },
  }
}
