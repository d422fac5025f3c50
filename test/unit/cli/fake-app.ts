import type { App } from '../../../src/app.ts'
import { run } from '../../../src/cli/run.ts'

/** What a command line did: its exit code and what it wrote. */
export interface Outcome {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the whole program in this process, in a world that is made up but for the files of `cwd`. */
export async function cli(args: readonly string[], world: Partial<App> = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  const app: App = {
    args,
    env: {},
    cwd: import.meta.dirname,
    now: () => Date.parse('2026-11-20T12:00:00Z'),
    print: (text) => {
      written.stdout += text
    },
    note: (text) => {
      written.stderr += text
    },
    stdin: async function* () {},
    stdinIsTty: false,
    stdoutIsTty: false,
    stderrIsTty: false,
    columns: 80,
    signal: new AbortController().signal,
    kill: new AbortController().signal,
    ...world,
  }
  return { exit: await run(app), ...written }
}
