/** The seam between the program and the world: commands take one, tests pass a fake one. */
export interface App {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The answer, written as it is (the caller ends its lines): nothing else goes to standard output. */
  readonly print: (text: string) => void
  /** Progress, notices and failures, written as they are. */
  readonly note: (text: string) => void
  readonly stdin: () => AsyncIterable<Buffer>
  readonly stdinIsTty: boolean
  readonly stdoutIsTty: boolean
  readonly stderrIsTty: boolean
  readonly columns: number
  /** Aborted when the user interrupts, or with `OutputClosed` when nobody reads the answer any more. */
  readonly signal: AbortSignal
  /** Aborted when the user interrupts again: whoever listens ends at once what it still waits for. */
  readonly kill: AbortSignal
}

/** The reader of standard output went away (`| head`): the reason to end early, and quietly. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}
