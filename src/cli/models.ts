import { join } from 'node:path'
import type { Command } from 'commander'
import { EXIT, KnownError } from '../errors.ts'
import type { Bundle } from '../forecast/bundle.ts'
import { bundleFolders, bundlePlace } from '../forecast/bundle-place.ts'
import { bundleInForce, findBundle, listBundles, readBundle } from '../forecast/read-bundle.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { configureDiff } from './models-diff.ts'
import { configureInForce } from './models-in-force.ts'
import { withFormats, withSettings } from './options.ts'

/** `foretoken models list | show | diff | promote | rollback`: the bundles there are, and which one forecasts. */
export function configure(command: Command, act: Act): void {
  const list = command.command('list').description('every bundle in the folder')
  withSettings(withFormats(list, 'text', 'json'), 'models')
  act(list, listModels)
  const show = command
    .command('show')
    .description('what a bundle knows')
    .argument('[id]', 'default: the one in use')
  withSettings(withFormats(show, 'text', 'json'), 'models', 'bundle')
  act(show, showModel)
  configureDiff(command, act)
  configureInForce(command, act)
}

async function listModels({ app, settings, format }: Invocation): Promise<number> {
  const place = bundlePlace(app.cwd, settings.models)
  const bundles = await Promise.all((await listBundles(place)).map((id) => readBundle(place, id)))
  if (bundles.length === 0)
    throw new KnownError('bundle-not-found', `any in ${bundleFolders(place).join(' and ')}`)
  const chosen = settings.bundle.value ?? (await bundleInForce(place))
  const rows = bundles.map(({ id, tasks, pairs, data }) => ({
    id,
    tasks,
    pairs: pairs.length,
    data: data.slice(0, 12),
    inForce: id === chosen,
  }))
  if (format === 'json') app.print(`${JSON.stringify({ schema: 'models/1', models: rows }, null, 2)}\n`)
  else
    for (const row of rows)
      app.print(
        `${row.inForce ? '*' : ' '} ${row.id}  ${row.tasks} tasks, ${row.pairs} agents with models, data ${row.data}\n`,
      )
  return EXIT.ok
}

async function showModel({ app, settings, format, args }: Invocation): Promise<number> {
  const place = bundlePlace(app.cwd, settings.models)
  const bundle = await readBundle(place, args[0] ?? settings.bundle.value)
  const { id, data, tasks, pairs, heads } = bundle
  const { repositories } = heads.repository.encoding
  if (format === 'json') {
    app.print(`${JSON.stringify({ schema: 'model/1', id, data, tasks, pairs, repositories }, null, 2)}\n`)
  } else app.print(modelText(bundle, (await findBundle(place, id)) ?? id))
  return EXIT.ok
}

function modelText({ id, data, tasks, pairs, heads }: Bundle, folder: string): string {
  const rows = pairs.map(({ agent, model, runs, tasks: own }) => {
    const each = runs === 1 ? 'single runs' : `means of ${runs} runs`
    return `  ${agent} · ${model}  (${own} tasks, ${each})`
  })
  return [
    `${id}: ${tasks} tasks of ${heads.repository.encoding.repositories.length} repositories, data ${data.slice(0, 12)}`,
    ...rows,
    `card: ${join(folder, 'card.md')}`,
    '',
  ].join('\n')
}
