import { getEventListeners } from 'node:events'
import { addAbortSignal } from 'node:stream'
import { isatty } from 'node:tty'
import { type App, OutputClosed } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import { run } from './run.ts'

/** Runs the program in the real world: standard streams, signals, clock. Sets the exit code and lets output drain. */
export async function start(): Promise<void> {
  const interruption = new AbortController()
  const kill = new AbortController()
  const app = realApp(interruption.signal, kill.signal)
  listen(app, interruption, kill)
  process.exitCode = await run(app)
}

function realApp(signal: AbortSignal, kill: AbortSignal): App {
  return {
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    now: Date.now,
    print: (text) => void (signal.reason instanceof OutputClosed || process.stdout.write(text)),
    note: (text) => void process.stderr.write(text),
    stdin: () => addAbortSignal(signal, process.stdin),
    stdinIsTty: isatty(0),
    stdoutIsTty: isatty(1),
    stderrIsTty: isatty(2),
    // Terminals that do not know their width tell 0.
    columns: process.stdout.columns || process.stderr.columns || 80,
    signal,
    kill,
  }
}

function listen(app: App, interruption: AbortController, kill: AbortController): void {
  // A second interruption does not wait for the first to be handled, unless there is more to end; a third waits for nothing.
  const interrupt = () => {
    if (!interruption.signal.aborted) interruption.abort()
    else if (kill.signal.aborted || getEventListeners(kill.signal, 'abort').length === 0)
      process.exit(EXIT.interrupted)
    else kill.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  // Who started it with a channel ends it by going away, even by being killed.
  process.on('disconnect', () => {
    interrupt()
    interrupt()
  })
  process.channel?.unref()
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw new KnownError('file-not-written', `standard output (${error.code})`)
    interruption.abort(new OutputClosed('nobody reads standard output'))
  })
  process.stderr.on('error', () => {}) // nobody is left to tell
  process.on('uncaughtException', async (error) => {
    const { reportFailure } = await import('./failure.ts')
    process.exit(reportFailure(app, error, 'text'))
  })
}
