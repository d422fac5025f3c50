import type { Command } from 'commander'
import type { Invocation } from './command-line.ts'

/** A command in the table; its module is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string
  /** One line for the overview and for the command's own help. */
  readonly summary: string
  readonly load: () => Promise<CommandModule>
}

/** What the file of a command exports. */
export interface CommandModule {
  /** Declares arguments and options, and attaches what they run with `act`. */
  readonly configure: (command: Command, act: Act, args: readonly string[]) => void
}

/** Attaches the code that a command, or a command below it, runs; it returns the exit code. */
export type Act = (command: Command, run: (invocation: Invocation) => Promise<number>) => void

/** Every command. To add one, write `src/cli/<name>.ts` that exports `configure`, and put its line here. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'estimate',
    summary: 'forecast what an agent will spend on an issue',
    load: () => import('./estimate.ts'),
  },
  {
    name: 'gate',
    summary: 'hold forecasts against the budget beside the code',
    load: () => import('./gate.ts'),
  },
  {
    name: 'run',
    summary: 'run tasks and plans in sandboxes, or a command behind --, capped and metered',
    load: () => import('./run-command.ts'),
  },
  {
    name: 'gateway',
    summary: 'meter, cap, record and replay what agents spend',
    load: () => import('./gateway.ts'),
  },
  {
    name: 'serve',
    summary: 'the forecast as an HTTP API, with a dashboard',
    load: () => import('./serve.ts'),
  },
  { name: 'import', summary: 'take in runs from trajectories and logs', load: () => import('./import.ts') },
  { name: 'runs', summary: 'list, show and export runs of the store', load: () => import('./runs.ts') },
  { name: 'report', summary: 'what agents spend, with error bars', load: () => import('./report.ts') },
  { name: 'evaluate', summary: 'show how good the forecasts are', load: () => import('./evaluate.ts') },
  { name: 'train', summary: 'make a model bundle from the tables', load: () => import('./train.ts') },
  { name: 'models', summary: 'list and show model bundles', load: () => import('./models.ts') },
  {
    name: 'keys',
    summary: 'make, list and revoke API keys of the service; who did what',
    load: () => import('./keys.ts'),
  },
  { name: 'doctor', summary: 'check this installation and its settings', load: () => import('./doctor.ts') },
]
