import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT } from '../errors.ts'
import { bundlePlace } from '../forecast/bundle-place.ts'
import type { BundleInForce } from '../forecast/in-force.ts'
import { putInForce, rollBack } from '../learn/put-in-force.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'

const Options = z.object({
  why: z.string().trim().max(1000, 'expected at most 1000 characters').default(''),
})

const WHY = ['--why <text>', 'kept in the history'] as const

/** `foretoken models promote | rollback`: which bundle forecasts. */
export function configureInForce(command: Command, act: Act): void {
  const promote = command
    .command('promote')
    .description('put a bundle in force: it forecasts from now on')
    .argument('<id>', 'see `foretoken models list`')
    .option(...WHY)
  withSettings(withFormats(promote, 'text', 'json'), 'models', 'bundle')
  act(promote, (call) =>
    change(call, (why, atMs) =>
      putInForce(placeOf(call), { bundle: call.args[0] ?? '', by: 'promote', why, atMs }),
    ),
  )
  const rollback = command
    .command('rollback')
    .description('put the bundle before in force again; twice goes back two')
    .option(...WHY)
  withSettings(withFormats(rollback, 'text', 'json'), 'models', 'bundle')
  act(rollback, (call) => change(call, (why, atMs) => rollBack(placeOf(call), { why, atMs })))
}

const placeOf = ({ app, settings }: Invocation) => bundlePlace(app.cwd, settings.models)

async function change(
  { app, settings, format, options }: Invocation,
  put: (why: string, atMs: number) => Promise<BundleInForce>,
): Promise<number> {
  const { why } = parseFlags(Options, options)
  const inForce = await put(why, app.now())
  if (format === 'json') app.print(`${JSON.stringify(inForce, null, 2)}\n`)
  else {
    const previous = inForce.history.at(-1)?.previous ?? null
    const instead = previous === null || previous === inForce.bundle ? '' : ` in place of ${previous}`
    app.print(showSafely(`${inForce.bundle} is in force${instead}\n`))
  }
  const { value } = settings.bundle
  if (value !== null && value !== inForce.bundle)
    app.note(showSafely(`--bundle or its setting names ${value}: that goes before\n`))
  return EXIT.ok
}
