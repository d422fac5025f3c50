import { addAbortSignal } from 'node:stream'
import { isatty } from 'node:tty'
import { type App, OutputClosed } from '../app.ts'
import { EXIT, KnownError } from '../errors.ts'
import { run } from './run.ts'

/** Runs the program in the real world: standard streams, signals, clock. Sets the exit code and lets output drain. */
export async function start(): Promise<void> {
  const interruption = new AbortController()
  const app = realApp(interruption.signal)
  listen(app, interruption)
  process.exitCode = await run(app)
}

function realApp(signal: AbortSignal): App {
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
    columns: process.stdout.columns ?? process.stderr.columns ?? 80,
    signal,
  }
}

function listen(app: App, interruption: AbortController): void {
  // A second interruption does not wait for the first to be handled.
  const interrupt = () =>
    interruption.signal.aborted ? process.exit(EXIT.interrupted) : interruption.abort()
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
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
