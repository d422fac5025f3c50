import { COMMANDS } from './commands.ts'
import { version } from './version.ts'

/** The help of the whole program; made without the parser, which takes longer to load than this takes to print. */
export function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length))
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `foretoken ${version()}: know what a coding agent will spend before it runs

Usage: foretoken <command> [options]

Commands:
${commands.join('\n')}

Options:
  -V, --version  print the version
  -h, --help     print this, or the help of a command: foretoken <command> --help

Settings: flag, then FORETOKEN_*, then foretoken.json, then default; foretoken doctor --settings shows them.
Exit codes: 0 ok, 1 over budget, 2 bad input, 3 undecided, 4 provider failed, 70 bug, 130 interrupted.
`
}
