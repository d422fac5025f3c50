import { isResolved, makeCheckWorkspace } from './check-workspace.ts'
import type { Task } from './task.ts'
import type { TaskRepository } from './task-repository.ts'

/** How a command in a sandbox is to be run. */
export interface RunOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** How it ended. */
export interface RunEnd {
  readonly started: boolean
  readonly exit: number | null
  readonly signal: string | null
  readonly timedOut: boolean
}

/** What a check needs of a sandbox. */
export interface CheckSandbox {
  readonly run: (
    command: readonly string[],
    options: RunOptions,
  ) => Promise<RunEnd & { readonly output: string }>
  /** A file of the sandbox; null = it is not there. */
  readonly read: (path: string) => Promise<string | null>
}

export interface CheckResult {
  readonly resolved: boolean
  /** What was run last: where the set-up fails on what the agent made, there is nothing to check. */
  readonly stage: 'setup' | 'check'
  readonly end: RunEnd
  readonly output: string
}

/**
 * Checks a patch in a fresh workspace: set-up, then the check. What did not start, or ran out of time, has not resolved;
 * whether that is the agent's doing is told by `end`.
 */
export async function runCheck(
  {
    task,
    repository,
    patch,
  }: { readonly task: Task; readonly repository: TaskRepository; readonly patch: Buffer },
  folder: string,
  sandbox: CheckSandbox,
): Promise<CheckResult> {
  await makeCheckWorkspace({ task, repository, patch }, folder)
  const { check, setup, timeLimits } = task
  const bash = async (command: string, seconds: number) => {
    const options = { cwd: folder, env: check.env, timeoutMs: seconds * 1000 }
    const { output, ...end } = await sandbox.run(['bash', '-c', command], options)
    return { output, end }
  }
  if (setup !== null) {
    const prepared = await bash(setup, timeLimits.setupSeconds)
    if (!isOk(prepared.end)) return { ...prepared, resolved: false, stage: 'setup' }
  }
  const checked = await bash(check.command, timeLimits.checkSeconds)
  const { started, timedOut, exit } = checked.end
  const files = check.passing.kind === 'reward' ? check.passing.files : []
  const rewards = (await Promise.all(files.map(sandbox.read))).filter((text) => text !== null)
  const passed = isResolved(check, { exit, output: checked.output, rewards })
  return { ...checked, resolved: started && !timedOut && passed, stage: 'check' }
}

const isOk = ({ started, timedOut, exit }: RunEnd): boolean => started && !timedOut && exit === 0
