import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { checkShape } from '../json.ts'
import { exchangesText } from '../report/exchanges-text.ts'
import { runsText, runText } from '../report/runs-text.ts'
import { backUp } from '../store/back-up.ts'
import { exchangeForm } from '../store/exchange.ts'
import { exchangeReader } from '../store/exchange-table.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { actionReader, callReader, findRuns, readRuns, type StoredRun } from '../store/read-runs.ts'
import { writtenConditions } from '../trajectory/conditions.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { withFormats, withSettings } from './options.ts'
import { progressBar } from './progress.ts'
import { filterOf, withFilters } from './run-filter.ts'
import { exportRuns } from './runs-export.ts'

const Limit = z.object({ limit: z.coerce.number().int().min(1).default(50) })

/** `foretoken runs list | show | export`: what the store holds. */
export function configure(command: Command, act: Act): void {
  const list = withFilters(command.command('list').description('runs, one line each')).option(
    '--limit <runs>',
    'so many at most (default: 50)',
  )
  withSettings(withFormats(list, 'text', 'json'), 'db')
  act(list, listRuns)
  const show = command
    .command('show')
    .description('one run with its calls')
    .argument('<id>', 'or its beginning')
  withSettings(withFormats(show, 'text', 'json'), 'db')
  act(show, showRun)
  const dump = withFilters(command.command('export').description('every run, in full'))
    .option('--as <form>', 'jsonl (run/1, with calls), csv or parquet (default: jsonl)')
    .option('--out <file>', 'where to (default: standard output; parquet needs a file)')
  withSettings(withFormats(dump, 'text', 'json'), 'db')
  act(dump, (call) => withStore(call, (store) => exportRuns(call, store, filterOf(call))))
  const copy = command
    .command('backup')
    .description('a copy of the whole store, made while it is in use')
    .argument('<file>', 'where to')
  withSettings(withFormats(copy, 'text', 'json'), 'db')
  act(copy, copyStore)
}

/** Opens the store of the settings, and closes it. @throws KnownError store-* */
export async function withStore<Answer>(
  { app, settings }: Invocation,
  work: (store: Store) => Promise<Answer> | Answer,
): Promise<Answer> {
  const store = openStore(resolve(app.cwd, settings.db.value), { create: false })
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

const listRuns = (call: Invocation): Promise<number> =>
  withStore(call, (store) => {
    const { app, format, options } = call
    const { limit } = checkShape(Limit, options, 'the options', 'usage')
    const runs: StoredRun[] = []
    let more = 0
    for (const run of readRuns(store, filterOf(call))) {
      if (runs.length < limit) runs.push(run)
      else more++
    }
    if (format === 'json')
      app.print(`${JSON.stringify({ schema: 'runs/1', runs: runs.map(asJson), more }, null, 2)}\n`)
    else {
      app.print(showSafely(runsText(runs, app.columns)))
      if (more > 0)
        app.note(`${more} more → --limit ${limit + more}, or choose with --task, --agent, --model\n`)
    }
    return EXIT.ok
  })

/** JSON has no infinity, which an uncapped multiplier is. */
const asJson = (run: StoredRun): object => ({ ...run, conditions: writtenConditions(run.conditions) })

const showRun = (call: Invocation): Promise<number> =>
  withStore(call, (store) => {
    const { app, args, format } = call
    const id = args[0] ?? ''
    const found = findRuns(store, id)
    const [run] = found
    if (run === undefined || found.length > 1) {
      const which = found.length > 1 ? `more than one begins with ${JSON.stringify(id)}` : JSON.stringify(id)
      throw new KnownError('run-not-found', which)
    }
    const [calls, actions] = [callReader(store)(run.id), actionReader(store)(run.id)]
    const exchanges = exchangeReader(store)(run.id)
    if (format === 'json') {
      const document = { ...exchangeForm(run, { calls, actions }), stored: asJson(run), exchanges }
      app.print(`${JSON.stringify(document, null, 2)}\n`)
    } else app.print(showSafely(runText(run, calls, app.columns) + exchangesText(exchanges, app.columns)))
    return EXIT.ok
  })

const copyStore = (call: Invocation): Promise<number> =>
  withStore(call, async (store) => {
    const { app, args, format } = call
    const file = resolve(app.cwd, args[0] ?? '')
    const bar = progressBar(app, 'copying')
    await backUp(store, file, (done, all) => bar.show(done, all)).finally(() => bar.end())
    if (format === 'json') app.print(`${JSON.stringify({ schema: 'backup/1', file })}\n`)
    else app.print(`${showSafely(args[0] ?? '')} holds the store as it is now\n`)
    return EXIT.ok
  })
