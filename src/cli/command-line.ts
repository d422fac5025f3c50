import { Command, CommanderError } from 'commander'
import type { App } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Format, readSettings, SETTINGS, type Settings } from '../settings.ts'
import { COMMANDS, type CommandEntry } from './commands.ts'
import type { Frame } from './run.ts'

/** One call of a command: what it may use, and what it was given. */
export interface Invocation {
  readonly app: App
  readonly settings: Settings
  /** The form of the answer, one of those the command declared with `withFormats`. */
  readonly format: Format
  /** The command's own options, by name in camel case, not checked yet. */
  readonly options: Readonly<Record<string, unknown>>
  readonly args: readonly string[]
}

/** Parses and runs one command. @throws KnownError `usage`, `bad-setting`, and what the command throws */
export async function runCommand(
  frame: Frame,
  entry: CommandEntry,
  args: readonly string[],
): Promise<number> {
  const { app } = frame
  let exit: number = EXIT.ok
  const root = newCommand(app, entry)
  const { configure } = await entry.load()
  configure(
    root,
    (command, run) => {
      command.action(async () => {
        const invocation = await invoke(app, command)
        frame.format = invocation.format
        exit = await run(invocation)
      })
    },
    args,
  )
  try {
    await root.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw wrongUse(error, `foretoken ${entry.name}`)
  }
  return exit
}

/** The failure for a command that there is not, with the nearest one that there is. */
export function unknownCommand(name: string): KnownError {
  const meant = nearest(
    name,
    COMMANDS.map((command) => command.name),
  )
  const what = name.startsWith('-') ? 'option' : 'command'
  return new KnownError('usage', `there is no ${what} ${JSON.stringify(name)}`, {
    fix: meant === null ? 'see `foretoken --help`' : `did you mean \`foretoken ${meant}\`?`,
  })
}

function newCommand(app: App, entry: CommandEntry): Command {
  return new Command(`foretoken ${entry.name}`)
    .description(entry.summary)
    .helpOption('-h, --help', 'print this')
    .exitOverride()
    .configureOutput({
      writeOut: app.print,
      writeErr: () => {}, // the failure is reported by `run`, once
      getOutHelpWidth: () => app.columns,
      getErrHelpWidth: () => app.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
}

async function invoke(app: App, command: Command): Promise<Invocation> {
  const options = command.optsWithGlobals<Record<string, unknown>>()
  const settings = await readSettings(app, options)
  const format = settings.format.value
  const known = command.options.find((option) => option.attributeName() === 'format')?.argChoices
  if (known !== undefined && !known.includes(format)) {
    const from = settings.format.origin === 'file' ? 'foretoken.json' : SETTINGS.format.variable
    throw new KnownError('bad-setting', `format ${JSON.stringify(format)} (from ${from})`, {
      fix: `this command knows ${known.join(', ')}: pass one with --format`,
    })
  }
  return { app, settings, format, options, args: command.args }
}

/** Commander's complaint in our words: `error: unknown option '--x'\n(Did you mean --y?)`. */
function wrongUse(error: CommanderError, command: string): KnownError {
  const [complaint = '', hint = ''] = error.message.replace(/^error: /, '').split('\n')
  if (error.code === 'commander.help') {
    return new KnownError('usage', `${command} needs a command below it`, {
      fix: `see \`${command} --help\``,
    })
  }
  const meant = /^\(Did you mean (.*)\?\)$/.exec(hint)?.[1]
  return new KnownError('usage', complaint, {
    fix: meant === undefined ? `see \`${command} --help\`` : `did you mean ${meant}?`,
  })
}
