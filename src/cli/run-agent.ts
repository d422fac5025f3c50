import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import type { Estimate } from '../forecast/estimate.ts'
import type { GatewayRun } from '../gateway/gateway.ts'
import type { GatewayEvent } from '../gateway/gateway-context.ts'
import { clientCommand, clientEnvironment } from '../gateway/runs/client-environment.ts'
import { KEY_VARIABLES } from '../gateway/upstream/upstream-settings.ts'
import { runBill } from '../report/run-bill.ts'
import { runBillText } from '../report/run-bill-text.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { forecastTask, type TaskOptions } from './forecast-task.ts'
import { type GatewaySession, openSession, SessionOptions, withSession } from './gateway-session.ts'
import { bothLimits, LimitOptions, limitsGiven, readCap, withLimits } from './limits.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'

const Options = z.object({
  ...SessionOptions.shape,
  ...LimitOptions.shape,
  cap: z.string().min(1).optional(),
  task: z.string().min(1).optional(),
  repo: z.string().min(1).optional(),
  repository: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
})
type Options = z.infer<typeof Options>

/** `foretoken run -- CMD`: an agent behind a gateway of its own, with its bill beside the forecast. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json')
    .argument(
      '<command...>',
      'the agent and its arguments, behind --; Codex (also by a path, npx, node or env) is given its address with -c',
    )
    .option('--task <issue>', 'forecast it first: a file, "-", a GitHub URL, or owner/repo#n')
    .option('--repo <path>', 'the repository that the task is about')
    .option('--repository <owner/name>', 'what the repository is called (default: its origin)')
    .option('--model <name>', 'the model that the agent will use')
    .option('--cap <file>', 'limits as `foretoken gate --emit-cap` writes them')
    .passThroughOptions()
    .enablePositionalOptions()
  withLimits(command)
  withSession(command)
  withSettings(command, 'db', 'prices', 'openaiUrl', 'anthropicUrl', 'geminiUrl')
  withSettings(command, 'githubApi', 'cache', 'models', 'bundle', 'agent', 'calibration')
  act(command, run)
}

async function run(call: Invocation): Promise<number> {
  const { app, settings, args } = call
  const options = parseFlags(Options, call.options)
  const task =
    options.task === undefined ? null : await forecastTask(call, taskOptions(options, options.task))
  const limits = await limitsOf(options, { app, task: task?.id ?? null, agent: settings.agent.value })
  const timeUp = new AbortController()
  const tell = teller(app)
  const session = await openSession(app, settings, {
    options,
    host: '127.0.0.1',
    port: 0,
    control: null,
    onEvent(event) {
      tell(event)
      // A run that was closed meanwhile has no time left; other limits end only its calls.
      if (event.kind === 'over-budget' && event.run.closed !== null) timeUp.abort()
    },
  })
  let opened: GatewayRun | null = null
  try {
    opened = session.gateway.openRun({
      task: { id: task?.id ?? null, benchmark: null, repository: task?.repository ?? null },
      agent: settings.agent.value ?? agentOf(args),
      host: hostname(),
      model: options.model ?? null,
      limits,
    })
    const signal = AbortSignal.any([app.signal, timeUp.signal])
    const ended = await runCommand(call, { session, run: opened, signal })
    await opened.close()
    return bill(call, { session, run: opened, ended, options, forecasts: task?.forecasts ?? null })
  } finally {
    await session.close()
  }
}

const taskOptions = ({ repo, repository, model }: Options, issue: string): TaskOptions => ({
  issue,
  repo: repo ?? null,
  repository: repository ?? null,
  models: model === undefined ? null : [model],
})

/** What an agent is called by default: its program. */
const agentOf = ([command = '']: readonly string[]): string =>
  basename(command).replace(/\.(js|mjs|cjs|py)$/, '')

async function limitsOf(
  options: Options,
  { app, task, agent }: { readonly app: App; readonly task: string | null; readonly agent: string | null },
) {
  const given = limitsGiven(options)
  if (options.cap === undefined) return given
  const cap = await readCap(options.cap, app.cwd, { task, agent, model: options.model ?? null })
  return bothLimits(given, cap)
}

interface Ended {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
}

interface Behind {
  readonly session: GatewaySession
  readonly run: GatewayRun
  /** Ends the command. */
  readonly signal: AbortSignal
}

/** Runs the command with the run's address and key in its environment, and with no key of a provider. */
function runCommand({ app, args, format }: Invocation, { session, run, signal }: Behind): Promise<Ended> {
  const [command = '', ...rest] = clientCommand(args, run)
  const secrets = new Set(KEY_VARIABLES)
  const kept = Object.entries(app.env).filter(([name]) => !secrets.has(name) || isOwn(name, session))
  tellOtherKeys(app)
  return new Promise((end, fail) => {
    const child = spawn(command, rest, {
      cwd: app.cwd,
      env: { ...Object.fromEntries(kept), ...clientEnvironment(run, session.gateway.keyed) },
      // The answer is one document: what the command prints goes beside it.
      stdio: ['inherit', format === 'json' ? 2 : 'inherit', 'inherit'],
    })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    child.on('error', (error: NodeJS.ErrnoException) => {
      fail(
        new KnownError('command-not-started', `${command} (${error.code ?? error.message})`, {
          cause: error,
        }),
      )
    })
    child.on('close', (exit, endedBy) => {
      signal.removeEventListener('abort', stop)
      end({ exit, signal: endedBy })
    })
  })
}

/** Where the gateway has no key of a provider, its client keeps its own way to log in. */
const isOwn = (name: string, { gateway }: GatewaySession): boolean =>
  name.startsWith('ANTHROPIC_') && !gateway.keyed.has('anthropic')

/** Providers that the gateway does not stand before. */
const OTHER_KEY =
  /^(OPENROUTER|DEEPSEEK|MISTRAL|GROQ|TOGETHER|XAI|AZURE|COHERE|FIREWORKS|MOONSHOT|ZAI)_?\w*_API_KEY$/

function tellOtherKeys({ env, note }: App): void {
  const names = Object.keys(env).filter((name) => OTHER_KEY.test(name))
  if (names.length > 0) {
    note(`note: ${names.join(', ')}: what the command spends with it is neither seen nor capped\n`)
  }
}

interface Billed {
  readonly session: GatewaySession
  readonly run: GatewayRun
  readonly ended: Ended
  readonly options: Options
  readonly forecasts: readonly Estimate[] | null
}

function bill({ app, settings, args, format }: Invocation, billed: Billed): number {
  const { session, run, ended, options, forecasts } = billed
  const document = runBill(run.state, {
    command: args,
    ...ended,
    store: options.store ? resolve(app.cwd, settings.db.value) : null,
    replayed: session.replayed(),
    forecasts,
    nowMs: app.now(),
  })
  if (format === 'json') app.print(`${JSON.stringify(document, null, 2)}\n`)
  else app.note(`\n${showSafely(runBillText(document, app.columns))}`)
  if (document.outcome === 'budget-exhausted') return EXIT.overBudget
  return ended.exit ?? EXIT.interrupted
}

/** Tells what happens; not twice in a row the same, as each refused call of a client that goes on is. */
function teller({ note }: App): (event: GatewayEvent) => void {
  let last = ''
  return (event) => {
    const said = textOf(event)
    if (said === null || said === last) return
    note(said)
    last = said
  }
}

/** Null = it is nothing to tell of. */
function textOf(event: GatewayEvent): string | null {
  switch (event.kind) {
    case 'warning':
      return `warning: ${event.percent} % of the limit of ${event.limit} are spent\n`
    case 'over-budget':
      return `over budget: ${showSafely(event.message)}\n`
    case 'trouble':
      return `note: ${showSafely(event.message)}\n`
    default:
      return null
  }
}
