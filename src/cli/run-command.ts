import type { Command } from 'commander'
import type { Act } from './commands.ts'
import * as agent from './run-agent.ts'
import * as tasks from './run-tasks.ts'

/** `foretoken run TASK|PLAN`, and behind `--` a command: `foretoken run -- CMD`. */
export function configure(command: Command, act: Act, args: readonly string[]): void {
  if (args.includes('--')) agent.configure(command, act)
  else tasks.configure(command, act)
}
