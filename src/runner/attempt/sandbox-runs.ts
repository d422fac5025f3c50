import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  GATEWAY_PORT,
  type Mirror,
  type ReadOnlyMount,
  type SandboxFacts,
  type SandboxSpec,
  WORKSPACE,
} from '../../sandbox/sandbox.ts'
import type { Resources } from '../planned-run.ts'
import type { AttemptContext } from './attempt-context.ts'
import { HOST_PROGRAMS } from './programs.ts'

/** The repository of a task in its sandbox, and a folder beside it in which an agent may write what it likes. */
export const REPOSITORY = `${WORKSPACE}/repository`
export const HOME = `${WORKSPACE}/home`

/** Where the gateway answers in a sandbox: its socket tells which run it is. */
export const GATEWAY_URL = `http://127.0.0.1:${GATEWAY_PORT}`

/** One command of an attempt, to be run in the repository. */
export interface SandboxRun {
  /** What it is for, unique in the attempt: `agent`. */
  readonly stage: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly mounts: readonly ReadOnlyMount[]
  /** Folders of the workspace, beside the repository, that are seen elsewhere; none when left out. */
  readonly mirrors?: readonly Mirror[]
  readonly timeoutMs: number
  readonly socket: string | null
  /** Holds `repository` and `home`. */
  readonly workspace: string
}

/** How it ended, with what it printed. */
export interface SandboxEnd {
  readonly facts: SandboxFacts
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** Where an attempt runs its commands. */
export interface AttemptSandbox {
  readonly context: Pick<AttemptContext, 'backend' | 'reachable'>
  readonly id: string
  /** Null = the programs of this machine. */
  readonly image: string | null
  /** Where the repository is in the sandbox, and commands are run. */
  readonly repositoryAt: string
  readonly folder: string
  readonly resources: Resources
  readonly signal: AbortSignal
}

/** Of each output so much is kept; the rest is counted. */
const MOST_OUTPUT_BYTES = 16 * 2 ** 20
const GRACE_MS = 10_000

const MEBIBYTE = 2 ** 20

/** For what the runner itself does in a sandbox. */
export const ROOMY = {
  floor: { cpus: 0.5, memoryBytes: 256 * MEBIBYTE },
  ceiling: { cpus: null, memoryBytes: 2048 * MEBIBYTE, pids: 4096 },
  multiplier: null,
} as const satisfies Resources

/** Changes to the repository first, which no back end does: what is not there is told by the shell, on standard error. */
const IN_FOLDER = ['/bin/sh', '-c', 'cd -- "$0" && exec "$@"'] as const

/** Runs a command of an attempt in a sandbox of its own. */
export async function runInSandbox(at: AttemptSandbox, run: SandboxRun): Promise<SandboxEnd> {
  const { context, signal } = at
  const [stdout, stderr] = [`${run.stage}.out`, `${run.stage}.err`].map((name) => join(at.folder, name))
  const spec = await specOf(at, run, { stdout: stdout ?? '', stderr: stderr ?? '' })
  const facts = await context.backend.run(spec, signal)
  return { facts, stdout: await printed(spec.stdout.path), stderr: await printed(spec.stderr.path) }
}

async function specOf(
  { context, id, image, repositoryAt, resources: { floor, ceiling } }: AttemptSandbox,
  run: SandboxRun,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): Promise<SandboxSpec> {
  const own = image === null ? HOST_PROGRAMS : { env: {}, mounts: [] }
  return {
    id: `${id}-${run.stage}`,
    command: [...IN_FOLDER, repositoryAt, ...run.command],
    image,
    env: { ...own.env, ...run.env },
    workspace: run.workspace,
    mirrors: [...mirrorOf(repositoryAt), ...(run.mirrors ?? [])],
    readOnly: await context.reachable(eachOnce([...own.mounts, ...run.mounts])),
    floor,
    ceiling,
    temporaryBytes: temporaryBytes(ceiling.memoryBytes),
    timeoutMs: run.timeoutMs,
    graceMs: GRACE_MS,
    gateway: run.socket === null ? null : { socket: run.socket },
    stdout: { path: stdout, maxBytes: MOST_OUTPUT_BYTES },
    stderr: { path: stderr, maxBytes: MOST_OUTPUT_BYTES },
  }
}

/** It lies in the workspace, where it is seen anyhow. */
const mirrorOf = (repositoryAt: string): readonly Mirror[] =>
  repositoryAt === REPOSITORY ? [] : [{ folder: 'repository', target: repositoryAt }]

const eachOnce = (mounts: readonly ReadOnlyMount[]): readonly ReadOnlyMount[] => [
  ...new Map(mounts.map((mount) => [mount.target, mount])).values(),
]

const MOST_TEMPORARY_BYTES = 2 ** 30

/** What lies in temporary folders counts toward the memory: no more than half of it. */
const temporaryBytes = (memory: number | null): number =>
  Math.min(MOST_TEMPORARY_BYTES, memory === null ? MOST_TEMPORARY_BYTES : Math.floor(memory / 2))

/** A sandbox that was never made has printed nothing. */
async function printed(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
}

/** Makes the folder that a sandbox gets as its workspace. */
export async function makeSandboxFolder(folder: string): Promise<{ repository: string; home: string }> {
  const at = { repository: join(folder, 'repository'), home: join(folder, 'home') }
  await mkdir(folder, { mode: 0o700 })
  await mkdir(at.home)
  return at
}
