/** The seam between the program and the world: commands take one, tests pass a fake one. */
export interface App {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The answer: nothing else goes to standard output. */
  readonly print: (text: string) => void
  /** Progress, notices and failures. */
  readonly note: (text: string) => void
  readonly stdin: () => AsyncIterable<Buffer>
  readonly stdinIsTty: boolean
  readonly stdoutIsTty: boolean
  readonly stderrIsTty: boolean
  readonly columns: number
  readonly signal: AbortSignal
}
