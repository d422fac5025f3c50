import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import { parseAgent } from '../../runner/agents/agent.ts'
import type { PlannedSpend } from '../../runner/plan-file.ts'
import { readTasks } from '../../runner/tasks/read-tasks.ts'
import { readTextFile } from '../../runner/text-file.ts'
import type { RunAsked } from '../schemas/run-asked.ts'
import type { ServiceSettings } from '../settings/service-settings.ts'

/** What may be run: tasks and agents by the names that callers use. */
export interface Offered {
  /** Folder of each task. */
  readonly tasks: ReadonlyMap<string, string>
  /** As a plan names them. */
  readonly agents: ReadonlyMap<string, string>
}

const BUILTIN = 'builtin'

/** Reads what the settings offer. @throws KnownError task-malformed, agent-malformed, file-not-found */
export async function readOffered({ tasks, agents }: ServiceSettings['runs']): Promise<Offered> {
  const folders = new Map<string, string>()
  for (const path of tasks)
    for (const folder of await taskFolders(path))
      for (const { name } of await readTasks(folder)) {
        if (folders.has(name)) throw twice('task', name)
        folders.set(name, folder)
      }
  const files = new Map([[BUILTIN, BUILTIN]])
  for (const file of agents) {
    const { name } = parseAgent(await readTextFile(file), file)
    if (files.has(name)) throw twice('agent', name)
    files.set(name, file)
  }
  return { tasks: folders, agents: files }
}

/** The folder itself where it is of a task, else those in it. @throws KnownError file-not-found */
async function taskFolders(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null)
  if (entries === null) throw new KnownError('file-not-found', path)
  const isTask = (names: readonly string[]): boolean =>
    names.includes('task.yaml') || names.includes('task.toml')
  if (isTask(entries.map(({ name }) => name))) return [path]
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name))
  const inside = await Promise.all(folders.map((folder) => readdir(folder)))
  return folders.filter((_, i) => isTask(inside[i] ?? [])).sort()
}

const twice = (what: string, name: string): KnownError =>
  new KnownError('service-malformed', `two of the ${what}s are called ${JSON.stringify(name)}`, {
    fix: 'leave one of them out, or give it another name',
  })

/** @throws KnownError where the task or the agent is not offered */
export function checkOffered({ tasks, agents }: Offered, { task, agent }: RunAsked): void {
  if (!tasks.has(task)) throw notOffered(`the task ${JSON.stringify(task)}`, task, tasks)
  if (!agents.has(agent ?? BUILTIN))
    throw notOffered(`the agent ${JSON.stringify(agent)}`, agent ?? BUILTIN, agents)
}

function notOffered(what: string, name: string, known: ReadonlyMap<string, string>): KnownError {
  const meant = nearest(name, [...known.keys()])
  const there = [...known.keys()].slice(0, 20).join(', ')
  return new KnownError('not-offered', what, {
    fix: meant === null ? `there are ${there}` : `did you mean ${meant}?`,
  })
}

/** Writes the plan of a run; gives its file. */
export async function writePlan(
  folder: string,
  id: string,
  {
    asked,
    offered,
    perRun,
  }: { readonly asked: RunAsked; readonly offered: Offered; readonly perRun: PlannedSpend },
): Promise<string> {
  const { usd, totalTokens, outputTokens, calls } = asked.limits ?? {}
  const total = { usd: usd == null ? null : Number(usd), totalTokens, outputTokens, calls }
  const said = Object.entries(total).filter(([, most]) => most != null)
  const plan = {
    schema: 'plan/1',
    tasks: [offered.tasks.get(asked.task)],
    agents: [offered.agents.get(asked.agent ?? BUILTIN)],
    models: [asked.model],
    repeats: asked.repeats ?? 1,
    seed: asked.seed ?? 1,
    budget: { perRun, ...(said.length === 0 ? {} : { total: Object.fromEntries(said) }) },
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${id}.json`)
  await writeFile(file, JSON.stringify(plan, null, 2), { mode: 0o600 })
  return file
}
