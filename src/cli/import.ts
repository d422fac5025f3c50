import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { checkShape } from '../json.ts'
import { importJson, importText } from '../report/import-text.ts'
import type { Settings } from '../settings.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { readMap } from '../trajectory/read-map.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { type Imported, importPaths, isWhole } from './import-paths.ts'
import { withFormats, withSettings } from './options.ts'

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
  act(command, run)
}

async function run(call: Invocation): Promise<number> {
  const { app, settings, format, options } = call
  const { map, dryRun } = checkShape(Options, options, 'the options', 'usage')
  const mapped = map === undefined ? null : await readMap(map, app.cwd)
  const store = openFor(app, settings, dryRun)
  let done: Imported
  try {
    if (dryRun) store.database.exec('BEGIN IMMEDIATE')
    done = await importPaths(call, store, mapped)
  } finally {
    if (store.database.inTransaction) store.database.exec('ROLLBACK')
    store.close()
  }
  const summary = { dryRun, ...done }
  app.print(format === 'json' ? importJson(summary) : showSafely(importText(summary, app.columns)))
  return isWhole(done) ? EXIT.ok : EXIT.badInput
}

/** The store of the settings; to try things out without one there, one in memory. */
function openFor(app: App, settings: Settings, dryRun: boolean): Store {
  const file = resolve(app.cwd, settings.db.value)
  return dryRun && !existsSync(file)
    ? openStore(':memory:', { create: true })
    : openStore(file, { create: true })
}
