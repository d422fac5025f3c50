import { type App, OutputClosed } from '../app.ts'
import { EXIT } from '../errors.ts'
import { COMMANDS } from './commands.ts'
import { formatAsked } from './format-asked.ts'
import { overview } from './overview.ts'
import { version } from './version.ts'

/** Runs one command line from arguments to exit code; every failure is reported, nothing is thrown. */
export async function run(app: App): Promise<number> {
  const frame: Frame = { app, format: formatAsked(app) }
  try {
    const exit = await dispatch(frame)
    return app.signal.aborted && exit === EXIT.ok ? endOf(app) : exit
  } catch (error) {
    if (app.signal.reason instanceof OutputClosed) return EXIT.ok
    const { reportFailure } = await import('./failure.ts')
    return reportFailure(app, error, frame.format)
  }
}

/** What a command line has in common with how its failure is shown. */
export interface Frame {
  readonly app: App
  /** The form of the answer, first as asked for in the arguments, then as settled with all settings. */
  format: string
}

async function dispatch(frame: Frame): Promise<number> {
  const { app } = frame
  const [first, ...rest] = app.args
  if (first === undefined) {
    app.note(overview())
    return EXIT.badInput
  }
  if (first === 'help' && rest[0] !== undefined) return runNamed(frame, rest[0], ['--help'])
  if (['--help', '-h', 'help'].includes(first)) app.print(overview())
  else if (['--version', '-V'].includes(first)) app.print(`${version()}\n`)
  else return runNamed(frame, first, rest)
  return EXIT.ok
}

async function runNamed(frame: Frame, name: string, args: readonly string[]): Promise<number> {
  const { runCommand, unknownCommand } = await import('./command-line.ts')
  const entry = COMMANDS.find((command) => command.name === name)
  if (entry === undefined) throw unknownCommand(name)
  return runCommand(frame, entry, args)
}

/** A command that came to its end although it was told to stop: nobody read its answer, or it was interrupted. */
function endOf(app: App): number {
  return app.signal.reason instanceof OutputClosed ? EXIT.ok : EXIT.interrupted
}
