import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { SandboxFacts } from '../../sandbox/sandbox.ts'
import { type CheckSandbox, runCheck } from '../tasks/run-check.ts'
import type { Task } from '../tasks/task.ts'
import type { TaskRepository } from '../tasks/task-repository.ts'
import { readOwnFile } from './own-file.ts'
import { reasonIn } from './reason-in.ts'
import { type AttemptSandbox, makeSandboxFolder, runInSandbox } from './sandbox-runs.ts'

/** What the check of an attempt came to. */
export interface Checked {
  readonly verdict: 'passed' | 'failed' | 'infra-error'
  /** Null = nothing of it failed. */
  readonly infraReason: string | null
  readonly stage: 'setup' | 'check'
  readonly exit: number | null
  readonly timedOut: boolean
  /** Of each command, in order. */
  readonly facts: readonly SandboxFacts[]
  readonly output: string
}

interface CheckedPatch {
  readonly task: Task
  readonly repository: TaskRepository
  readonly patch: Buffer
}

/** Runs the check of a task on a patch, each of its commands in a sandbox that the agent had no part in. */
export async function checkInSandbox(at: AttemptSandbox, about: CheckedPatch): Promise<Checked> {
  try {
    return await check(at, about)
  } catch (error) {
    const infraReason = `the check: ${reasonIn(error, at.signal)}`
    const nothing = { stage: 'check', exit: null, timedOut: false, facts: [], output: '' } as const
    return { verdict: 'infra-error', infraReason, ...nothing }
  }
}

async function check(at: AttemptSandbox, about: CheckedPatch): Promise<Checked> {
  const { repository: folder } = await makeSandboxFolder(join(at.folder, 'check'))
  if (about.task.check.writes !== null) await mkdir(join(at.folder, 'check', WRITTEN))
  const facts: SandboxFacts[] = []
  const sandbox = sandboxOf(at, about.task, folder, facts)
  const { resolved, stage, end, output } = await runCheck(about, folder, sandbox)
  const infraReason = resolved ? null : (facts.map(infraReasonOf).find((reason) => reason !== null) ?? null)
  return {
    verdict: resolved ? 'passed' : infraReason === null ? 'failed' : 'infra-error',
    ...{ infraReason, stage, facts, output },
    exit: end.exit,
    timedOut: end.timedOut,
  }
}

/** In the workspace: what the check writes beside the repository. */
const WRITTEN = 'written'

function sandboxOf(at: AttemptSandbox, task: Task, folder: string, facts: SandboxFacts[]): CheckSandbox {
  const { files, writes } = task.check
  const mounts = files?.to.startsWith('/') ? [{ source: files.from, target: files.to }] : []
  return {
    async run(command, { env, timeoutMs }) {
      const stage = `check-${facts.length + 1}`
      const workspace = join(at.folder, 'check')
      const ended = await runInSandbox(at, {
        ...{ stage, command, env, mounts, timeoutMs, workspace, socket: null },
        mirrors: writes === null ? [] : [{ folder: WRITTEN, target: writes }],
      })
      facts.push(ended.facts)
      const { started, exit, signal, timedOut } = ended.facts
      return { started, exit, signal, timedOut, output: `${ended.stdout}${ended.stderr}` }
    },
    async read(path) {
      const roots = [
        [at.repositoryAt, folder] as const,
        [writes ?? '', join(at.folder, 'check', WRITTEN)] as const,
      ]
      const [root, on] = roots.find(([root]) => root !== '' && path.startsWith(`${root}/`)) ?? []
      if (root === undefined || on === undefined) return null
      return (await readOwnFile(on, relative(root, path)))?.toString() ?? null
    },
  }
}

/** A check that ran out of memory has told nothing of what it checks. */
const infraReasonOf = ({ started, infraReason, oomKills }: SandboxFacts): string | null => {
  if (infraReason !== null) return `the check: ${infraReason}`
  if (!started) return 'the check did not start'
  return (oomKills ?? 0) > 0 ? 'the check ran out of memory' : null
}
