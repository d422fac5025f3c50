import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { InfraError } from '../local/infra-error.ts'
import type { SandboxSpec } from '../sandbox.ts'
import { pack, replaceContent, type Source, unpack } from './archive.ts'
import type { Cluster } from './cluster.ts'
import { type Executed, execIn } from './exec.ts'
import { FED_SCRIPT, FEED, KEEP, TOLD_SCRIPT, UNPACK_SCRIPT, VOLUME, WORKSPACE_SCRIPT } from './scripts.ts'
import { keepTold, type Told } from './told.ts'

/** The pod of a run. */
export interface Place {
  readonly cluster: Cluster
  readonly pod: string
}

/** What the run is to find: its workspace, and what it may only read. */
export interface Inputs {
  readonly workspace: Source
  readonly readOnly: readonly Source[]
}

/** Brings everything in, then lets the command begin. */
export async function feed(place: Place, inputs: Inputs, signal: AbortSignal): Promise<void> {
  const all = [
    { source: inputs.workspace, target: `${VOLUME}/workspace` },
    ...inputs.readOnly.map((source, at) => ({ source, target: `${VOLUME}/inputs/${at}` })),
  ]
  await inTemporaryFolder(async (folder) => {
    for (const { source, target } of all) {
      const archive = join(folder, 'in.tar')
      const size = await pack(source, archive)
      const command = ['sh', '-c', UNPACK_SCRIPT, 'sh', String(size), target]
      const stdin = createReadStream(archive)
      const { cluster, pod } = place
      const stdout = new PassThrough().resume()
      succeeded(await execIn(cluster, { pod, container: FEED, command, stdin, stdout }, signal))
    }
  })
  const { cluster, pod } = place
  const stdout = new PassThrough().resume()
  const command = ['sh', '-c', FED_SCRIPT]
  succeeded(await execIn(cluster, { pod, container: FEED, command, stdin: null, stdout }, signal))
}

/** Outputs end with the command; what is read of them after that is little. */
const OUTPUTS_TENTHS = 300

/** Fetches what the run left: its outputs and its workspace into their places, and what was told of the command. */
export async function collect(
  place: Place,
  { spec, waits }: { readonly spec: SandboxSpec; readonly waits: boolean },
  signal: AbortSignal,
): Promise<Told> {
  return inTemporaryFolder(async (folder) => {
    const archive = join(folder, 'out.tar')
    const wait = String(waits ? OUTPUTS_TENTHS : 0)
    await fetch(place, ['sh', '-c', TOLD_SCRIPT, 'sh', wait], { archive, waits }, signal)
    await unpack(archive, folder)
    const told = await keepTold(folder, spec)
    await fetch(place, ['sh', '-c', WORKSPACE_SCRIPT], { archive, waits }, signal)
    await replaceContent(spec.workspace, (fresh) => unpack(archive, fresh))
    return told
  })
}

async function fetch(
  { cluster, pod }: Place,
  command: readonly string[],
  { archive, waits }: { readonly archive: string; readonly waits: boolean },
  signal: AbortSignal,
): Promise<void> {
  const stdout = createWriteStream(archive)
  const executed = await execIn(cluster, { pod, container: KEEP, command, stdin: null, stdout }, signal)
  // tar(1) says so of files that change meanwhile.
  if (waits || executed.code !== 1) succeeded(executed)
}

function succeeded({ code, stderr }: Executed): void {
  if (code !== 0) throw new InfraError(stderr || `a command beside the run ended with ${code}`)
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'foretoken-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
