import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import { control } from '../gateway/control/control.ts'
import type { GatewayRun } from '../gateway/gateway.ts'
import type { GatewayEvent } from '../gateway/gateway-context.ts'
import { clientEnvironment } from '../gateway/runs/client-environment.ts'
import { liveRun } from '../gateway/runs/live.ts'
import { liveText } from '../report/live-text.ts'
import { runBill } from '../report/run-bill.ts'
import { runBillText } from '../report/run-bill-text.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { dropGatewayFile, writeGatewayFile } from './gateway-file.ts'
import { type GatewaySession, openSession, SessionOptions, withSession } from './gateway-session.ts'
import { configureWatch } from './gateway-watch.ts'
import { LimitOptions, limitsGiven, withLimits } from './limits.ts'
import { liveScreen } from './live-screen.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'

const Options = z.object({
  ...SessionOptions.shape,
  ...LimitOptions.shape,
  port: z.coerce.number().int().min(0).max(65535).default(4141),
  host: z.string().min(1).default('127.0.0.1'),
  model: z.string().min(1).optional(),
  watch: z.boolean().default(false),
})
type Options = z.infer<typeof Options>

/** The runs of a stand-alone gateway have its limits together. */
const GROUP = 'this gateway'
const EVERY_MS = 1000

/** `foretoken gateway`: a gateway by itself, for any number of runs, until it is interrupted. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json')
    .option('--port <port>', 'where it listens; 0 = any that is free (default: 4141)')
    .option('--host <address>', 'at which address of this machine (default: 127.0.0.1)')
    .option('--model <name>', 'the model that will be asked: refuses a limit in dollars without its price')
    .option('--watch', 'show the runs while they go on')
  withLimits(command)
  withSession(command)
  withSettings(command, 'db', 'prices', 'agent', 'openaiUrl', 'anthropicUrl', 'geminiUrl')
  act(command, serve)
  configureWatch(command.command('watch').description('show the runs of a gateway that is running'), act)
}

async function serve(call: Invocation): Promise<number> {
  const { app, settings } = call
  const options = parseFlags(Options, call.options)
  checkHost(options.host)
  const token = randomBytes(24).toString('base64url')
  const { host, port, watch } = options
  const session = await openSession(app, settings, {
    options,
    host,
    port,
    control: control(token, () => session.gateway),
    onEvent: (event) => tell(app, event, watch),
  })
  const { gateway } = session
  try {
    gateway.openGroup(GROUP, limitsGiven(options))
    const run = gateway.openRun({
      agent: settings.agent.value,
      host: hostname(),
      group: GROUP,
      model: options.model ?? null,
    })
    const file = await writeGatewayFile(call, { url: gateway.url, token, pid: process.pid })
    try {
      showAddress(call, { session, run, file })
      await untilInterrupted(call, session, watch)
    } finally {
      await dropGatewayFile(file)
    }
    await run.close()
    showBill(call, { session, run, options })
    return EXIT.ok
  } finally {
    await session.close()
  }
}

/** Any other address lets the network in, with nothing but a run's key before the providers' keys. */
function checkHost(host: string): void {
  if (/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) return
  throw new KnownError('bad-setting', `--host ${host} is not an address of this machine alone`, {
    fix: 'listen on 127.0.0.1, and let what is elsewhere come through a tunnel or a socket',
  })
}

interface Shown {
  readonly session: GatewaySession
  readonly run: GatewayRun
}

function showAddress(
  { app, format }: Invocation,
  { session, run, file }: Shown & { readonly file: string },
): void {
  const { gateway } = session
  const environment = clientEnvironment(run, gateway.keyed)
  if (format === 'json') {
    const document = {
      schema: 'gateway/1',
      url: gateway.url,
      control: file,
      run: { id: run.id, environment },
    }
    app.print(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`)
  app.note(
    `The gateway listens at ${gateway.url}. Give agents this environment; each of their calls is counted:\n`,
  )
  app.print(exports.join(''))
  app.note('End it with Ctrl-C.\n')
}

async function untilInterrupted(
  { app }: Invocation,
  { gateway }: GatewaySession,
  watch: boolean,
): Promise<void> {
  const screen = watch ? liveScreen(app.note, app.stderrIsTty) : null
  const show = (): void =>
    screen?.show(
      liveText(
        gateway.registry.runs().map((run) => liveRun(run, app.now())),
        app.columns,
      ),
    )
  show()
  const timer = setInterval(show, EVERY_MS)
  await new Promise<void>((resolve) => {
    if (app.signal.aborted) resolve()
    else app.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  clearInterval(timer)
  screen?.end()
}

function showBill(
  { app, settings, format }: Invocation,
  { session, run, options }: Shown & { readonly options: Options },
): void {
  if (format === 'json') return
  const document = runBill(run.state, {
    command: [],
    exit: EXIT.ok,
    signal: null,
    store: options.store ? settings.db.value : null,
    replayed: session.replayed(),
    forecasts: null,
    nowMs: app.now(),
  })
  app.note(`\n${showSafely(runBillText(document, app.columns))}`)
}

function tell({ note }: App, event: GatewayEvent, isScreen: boolean): void {
  if (event.kind === 'trouble') note(`note: ${showSafely(event.message)}\n`)
  if (isScreen) return
  if (event.kind === 'warning') {
    const whose = event.group === null ? `run ${event.run.meta.id.slice(0, 12)}` : event.group
    note(`warning: ${event.percent} % of the limit of ${event.limit} of ${showSafely(whose)} are spent\n`)
  } else if (event.kind === 'over-budget') {
    note(`over budget: run ${event.run.meta.id.slice(0, 12)}: ${showSafely(event.message)}\n`)
  }
}
