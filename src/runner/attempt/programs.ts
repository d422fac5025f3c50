import { cp, mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ReadOnlyMount } from '../../sandbox/sandbox.ts'
import type { Agent } from '../agents/agent.ts'
import { type BuiltinLimits, builtinAgent, builtinParts } from '../agents/builtin.ts'

/** Where the runner puts its own programs in a sandbox. */
const OWN = '/opt/foretoken'

/** The Node that runs this: the built-in agent needs no other. */
const NODE = `${OWN}/bin/node`
const NODE_MOUNT: ReadOnlyMount = { source: process.execPath, target: NODE }

/** What a sandbox without an image has beside the programs of the system, and finds behind them: many keep their Node elsewhere. */
export const HOST_PROGRAMS = {
  env: { PATH: `/usr/local/bin:/usr/bin:/bin:${OWN}/bin` },
  mounts: [NODE_MOUNT],
} as const

/** The built-in agent as it lies in a sandbox, with all that it needs there. */
export function builtinInSandbox(limits: BuiltinLimits): Agent {
  const parts = builtinParts(`${OWN}/agent`)
  const [program] = parts
  return {
    ...builtinAgent(limits, { node: NODE, program: program?.to ?? '' }),
    mounts: [NODE_MOUNT, ...parts.map(({ from, to }) => ({ source: from, target: to }))],
  }
}

/**
 * The same mounts from where any user can read them: what lies in a folder that is closed to others, as a home is, is copied
 * into `folder`. Each source is looked at once.
 */
export function reachableMounts(
  folder: string,
): (mounts: readonly ReadOnlyMount[]) => Promise<readonly ReadOnlyMount[]> {
  const known = new Map<string, Promise<string>>()
  const reachable = (source: string): Promise<string> => {
    const found = known.get(source) ?? fromOutside(source, join(folder, String(known.size)))
    known.set(source, found)
    return found
  }
  return (mounts) =>
    Promise.all(mounts.map(async ({ source, target }) => ({ source: await reachable(source), target })))
}

async function fromOutside(source: string, folder: string): Promise<string> {
  if (await isOpen(source)) return source
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const copy = join(folder, basename(source))
  await cp(source, copy, { recursive: true, dereference: true })
  return copy
}

const OTHERS_READ = 0o4
const OTHERS_ENTER = 0o1

/** Whether users that have no part in it can read it, and pass through all folders above. */
async function isOpen(path: string): Promise<boolean> {
  const { mode } = await stat(path)
  if ((mode & OTHERS_READ) === 0) return false
  for (let above = dirname(path); above !== dirname(above); above = dirname(above))
    if (((await stat(above)).mode & OTHERS_ENTER) === 0) return false
  return true
}
