import type { Command } from 'commander'
import { EXIT } from '../errors.ts'
import { bundlePlace } from '../forecast/bundle-place.ts'
import { readBundle } from '../forecast/read-bundle.ts'
import { diffBundles } from '../report/bundle-diff.ts'
import { bundleDiffText } from '../report/bundle-diff-text.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { readExampleIssues } from './example-issues.ts'
import { withFormats, withSettings } from './options.ts'

/** `foretoken models diff`: what a bundle says otherwise than another. */
export function configureDiff(command: Command, act: Act): void {
  const diff = command
    .command('diff')
    .description('what one bundle says otherwise than another')
    .argument('<from>', 'the older')
    .argument('[to]', 'the newer; default: the one in use')
  withSettings(withFormats(diff, 'text', 'json'), 'models', 'bundle')
  act(diff, diffModels)
}

async function diffModels({ app, settings, format, args }: Invocation): Promise<number> {
  const place = bundlePlace(app.cwd, settings.models)
  const [from, to, issues] = await Promise.all([
    readBundle(place, args[0] ?? null),
    readBundle(place, args[1] ?? settings.bundle.value),
    readExampleIssues(app.signal),
  ])
  const diff = diffBundles(from, to, issues)
  if (format === 'json') app.print(`${JSON.stringify(diff, null, 2)}\n`)
  else app.print(showSafely(bundleDiffText(diff, { columns: app.columns })))
  return EXIT.ok
}
