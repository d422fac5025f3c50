import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../../errors.ts'
import type { Agent } from '../agents/agent.ts'
import type { PlannedAgent } from '../planned-run.ts'
import type { AttemptContext } from './attempt-context.ts'
import { makeSandboxFolder, REPOSITORY, ROOMY, runInSandbox } from './sandbox-runs.ts'

const TIMEOUT_MS = 60_000

/**
 * Looks in a sandbox whether an agent is there, and of which version: before anything of a plan is started. Where tasks have
 * images of their own, in the one of the first.
 */
export async function probeAgent(
  context: Pick<AttemptContext, 'backend' | 'work' | 'reachable' | 'version'>,
  { agent, image }: { readonly agent: Agent; readonly image: string | null },
  signal: AbortSignal,
): Promise<PlannedAgent> {
  if (agent.name === 'builtin' && agent.version === null) return { agent, version: context.version }
  const folder = join(context.work, `probe-${agent.name}`)
  await mkdir(folder, { recursive: true, mode: 0o711 })
  const workspace = join(folder, 'agent')
  const { repository } = await makeSandboxFolder(workspace)
  await mkdir(repository)
  const run = async (stage: string, command: readonly string[]) =>
    runInSandbox(
      {
        context,
        id: `probe-${agent.name}`,
        image,
        repositoryAt: REPOSITORY,
        folder,
        resources: ROOMY,
        signal,
      },
      {
        ...{ stage, command, env: pathOf(agent), mounts: agent.mounts, workspace },
        ...{ timeoutMs: TIMEOUT_MS, socket: null },
      },
    )
  try {
    const [program = ''] = agent.command
    const there = await run('there', ['/bin/sh', '-c', 'command -v -- "$0" >/dev/null', program])
    if (there.facts.infraReason !== null) throw new KnownError('sandbox-missing', there.facts.infraReason)
    if (there.facts.exit !== 0) throw missing(agent.name, program)
    if (agent.version === null) return { agent, version: null }
    const { facts, stdout } = await run('version', agent.version)
    return { agent, version: facts.exit === 0 ? versionIn(stdout.toString()) : null }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where an agent says itself where programs are, its own is looked for there. */
const pathOf = ({ env }: Agent): Readonly<Record<string, string>> =>
  env.PATH === undefined ? {} : { PATH: env.PATH }

const missing = (agent: string, program: string): KnownError =>
  new KnownError(
    'agent-malformed',
    `${JSON.stringify(program)}, which ${agent} is started with, is not in its sandbox`,
    {
      fix: 'install it below /usr, or name the folders that it lies in with mounts, and its program by its path',
    },
  )

/** The first that looks like one; else the first line. */
const versionIn = (said: string): string | null =>
  /\d+\.\d+(?:\.\d+)*(?:[-+.]?[A-Za-z0-9]+)*/.exec(said)?.[0] ?? (said.trim().split('\n')[0] || null)
