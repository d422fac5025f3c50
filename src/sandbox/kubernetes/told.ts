import { copyFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CgroupLayout, Hierarchy, Role } from '../local/cgroup-layout.ts'
import { type Counters, readCounters } from '../local/counters.ts'
import type { OutputFile, SandboxSpec } from '../sandbox.ts'

/** What the supervisor in the pod told of the command: the command could have told it too, and it decides nothing alone. */
export interface Told {
  readonly begun: boolean
  /** It was asked to end. */
  readonly late: boolean
  /** What the shell said that could not start it; null = it was started. */
  readonly notStarted: string | null
  readonly counters: Counters
  readonly stdout: KeptBytes
  readonly stderr: KeptBytes
}

/** How much was written, and why it could not be kept. */
export interface KeptBytes {
  readonly bytes: number | null
  readonly trouble: string | null
}

/** Reads what was fetched into a folder, and puts the outputs where they belong. */
export async function keepTold(folder: string, { stdout, stderr }: SandboxSpec): Promise<Told> {
  const shared = (name: string) => textOf(join(folder, 'shared', name))
  const word = (await shared('word'))?.trim() ?? null
  const first = word === null ? null : await textOf(join(folder, 'kept', 'err'))
  return {
    begun: (await shared('begun')) !== null,
    late: (await shared('late')) !== null,
    notStarted:
      word !== null && word !== '' && first?.startsWith(`${word}: `)
        ? first.slice(word.length + 2).trim()
        : null,
    counters: await countersOf((await shared('counters')) ?? ''),
    stdout: await keep(join(folder, 'kept', 'out'), stdout),
    stderr: await keep(join(folder, 'kept', 'err'), stderr),
  }
}

async function keep(from: string, to: OutputFile): Promise<KeptBytes> {
  const more = await textOf(`${from}.more`)
  try {
    const { size } = await stat(from)
    await copyFile(from, to.path)
    return { bytes: more === null || more === '' ? null : size + Number(more), trouble: null }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { bytes: null, trouble: `${to.path} could not be written: ${why}` }
  }
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

/** Lines of `file line`, from the group of the container, whichever version the node has. */
export function countersOf(text: string): Promise<Counters> {
  const files = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [file = '', rest = ''] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]
    const name = file.slice(file.lastIndexOf('/') + 1)
    files.set(name, `${files.get(name) ?? ''}${rest}\n`)
  }
  const version = files.has('memory.oom_control') ? 1 : 2
  const one: Hierarchy = { version, root: '/', controllers: [] }
  const layout: CgroupLayout = { memory: one, cpu: one, cpuacct: one, pids: one, kill: one }
  return readCounters(layout, async (_: Role, file) => files.get(file) ?? null)
}
