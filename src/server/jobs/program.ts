import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { ERRORS, type ErrorCode, KnownError } from '../../errors.ts'

/** How this program is started once more: what takes long, or much memory, is done in a process of its own. */
export interface ProgramPlace {
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The program, running. It ends with this process, even where that is killed. */
export interface Program {
  /** Null = it could not be started. */
  readonly pid: number | null
  readonly stdout: Readable
  /** Its exit code; null = a signal ended it. */
  readonly exit: Promise<number | null>
  /** The last it said on standard error. */
  readonly complaint: () => string
  /** Lets it end what it does, and record it. */
  readonly interrupt: () => void
  readonly kill: () => void
}

const MOST_COMPLAINT_CHARS = 4000

/** Starts it, with options as `--name=value`: a value can then be no option. */
export function startProgram({ command, cwd, env }: ProgramPlace, args: readonly string[]): Program {
  const [executable = '', ...before] = command
  const child = spawn(executable, [...before, ...args], {
    cwd,
    env: { ...env, NO_COLOR: '1' },
    // Over the channel it notices that this process has gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-MOST_COMPLAINT_CHARS)
  })
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code))
  })
  return {
    pid: child.pid ?? null,
    stdout: child.stdout as Readable,
    exit,
    complaint: () => said.trim(),
    interrupt() {
      // The first lets it start nothing further, the second ends what runs; two of one kind could come as one.
      child.kill('SIGINT')
      child.kill('SIGTERM')
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Calls back with each line of JSON it prints, and waits for its end. */
export async function eachLine(program: Program, onLine: (line: unknown) => void): Promise<number | null> {
  const lines = createInterface({ input: program.stdout, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('line', (line) => {
    if (line !== '') onLine(JSON.parse(line))
  })
  await once(lines, 'close')
  return program.exit
}

/** The failure that it told as `error/1`; null = it told none. */
export function failureIn(line: unknown): KnownError | null {
  if (typeof line !== 'object' || line === null || !('error' in line)) return null
  const { code, detail, fix } = line.error as { code: string; detail: string; fix: string }
  return code in ERRORS ? new KnownError(code as ErrorCode, detail, { fix }) : null
}
