import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KnownError, type Problem } from '../errors.ts'
import type { Agent } from './agents/agent.ts'
import { readAgent } from './agents/read-agent.ts'
import { problemAt } from './file-problems.ts'
import type { Machine } from './machine.ts'
import type { Plan } from './plan.ts'
import type { PlanPath, PlanText } from './plan-text.ts'
import { readTasks } from './tasks/read-tasks.ts'
import type { Task } from './tasks/task.ts'

/** What a plan names, read. */
export interface ResolvedPlan {
  readonly tasks: readonly Task[]
  readonly agents: readonly Agent[]
}

/** What a plan is to be run with. */
export interface PlanPlace {
  readonly folder: string
  /** Null = the runs are on others. */
  readonly machine: Machine | null
  readonly builtin: Agent
  /** The back end runs tasks in images, and in nothing else. */
  readonly hasImages: boolean
}

/** Reads what a plan names; everything that is wrong with it, and with the plan as one to be run, is told at once. */
export async function resolvePlan(
  plan: Plan,
  source: PlanText,
  place: PlanPlace,
): Promise<ResolvedPlan & { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const tell = (path: PlanPath, said: { readonly found: string; readonly fix: string }): void =>
    void problems.push(problemAt(source, path, said))
  if (plan.tasks.kind === 'count')
    tell(['tasks'], { found: 'a number of tasks', fix: 'name their folders, to run them' })
  const files = plan.tasks.kind === 'count' ? [] : plan.tasks.files
  const tasks = await Promise.all(
    files.map((file, i) =>
      readOr(
        [],
        () => tasksAt(file, place.folder),
        (said) => tell(['tasks', i], said),
      ),
    ),
  )
  const agents = await Promise.all(
    plan.agents.map((name, i) =>
      readOr(
        null,
        () => agentAt(name, place),
        (said) => tell(['agents', i], said),
      ),
    ),
  )
  for (const [i, list] of tasks.entries())
    for (const task of list) for (const said of unfit(task, plan.image, place)) tell(['tasks', i], said)
  if (plan.image !== null && !place.hasImages)
    tell(['image'], {
      found: `the image ${plan.image}, which a local sandbox does not have`,
      fix: WITH_IMAGES,
    })
  for (const { path, name } of repeated(tasks))
    tell(path, { found: `another task ${name}`, fix: 'name each once, and give each a name of its own' })
  const withImages = tasks.flat().map((task) => ({ ...task, image: task.image ?? plan.image }))
  return { tasks: withImages, agents: agents.filter((agent) => agent !== null), problems }
}

type Said = Pick<Problem, 'found' | 'fix'>

/** What a file is not fit for is told where the plan names it. */
async function readOr<Value>(
  otherwise: Value,
  read: () => Promise<Value>,
  tell: (said: Said) => void,
): Promise<Value> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    if (error.problems.length === 0) tell({ found: error.detail, fix: error.fix })
    for (const { line, found, fix, pointer } of error.problems)
      tell({ found: `${fileIn(error)}, line ${line}${pointer === '' ? '' : ` (${pointer})`}: ${found}`, fix })
    return otherwise
  }
}

/** `task.yaml has 3 problems` begins with the file. */
const fileIn = ({ detail }: KnownError): string => detail.replace(/ has (a problem|\d+ problems)$/, '')

async function tasksAt(named: string, folder: string): Promise<readonly Task[]> {
  if (/\.(md|markdown|txt)$/i.test(named) || /#\d+$/.test(named))
    throw new KnownError('task-malformed', `${named} is an issue without a check`, {
      fix: 'name the folder of a task: see data/tasks',
    })
  try {
    return await readTasks(resolve(folder, named))
  } catch (error) {
    // As the plan calls it.
    if (error instanceof KnownError && error.code === 'file-not-found')
      throw new KnownError('file-not-found', `no task ${JSON.stringify(named)}`, { fix: 'correct the path' })
    throw error
  }
}

async function agentAt(named: string, { folder, builtin }: PlanPlace): Promise<Agent> {
  const agent = await readAgent(named, folder, builtin)
  for (const { source } of agent.mounts)
    if ((await stat(source).catch(() => null)) === null)
      throw new KnownError('agent-malformed', `${agent.name} needs ${source}, which is not there`, {
        fix: 'install it, or correct its mounts',
      })
  return agent
}

/** Why a task cannot be run here. */
function unfit(task: Task, image: string | null, { machine, hasImages }: PlanPlace): readonly Said[] {
  const { cpus, memoryMib } = task.resources
  const memory = machine === null ? null : Math.floor(machine.memoryBytes / 2 ** 20)
  return [
    ...over(task, { floor: cpus.floor, has: machine?.cpus ?? null, unit: 'CPUs' }),
    ...over(task, { floor: memoryMib.floor, has: memory, unit: 'MiB' }),
    ...(hasImages ? withoutImage(task, image) : withImage(task)),
  ]
}

const WITH_IMAGES = 'choose a back end that has them: --backend docker or kubernetes'

function withImage({ name, image, imageFolder, source }: Task): readonly Said[] {
  if (image === null && imageFolder === null && source.kind !== 'image') return []
  return [{ found: `${name} needs a container image`, fix: WITH_IMAGES }]
}

function withoutImage({ name, image, imageFolder }: Task, ofPlan: string | null): readonly Said[] {
  if (image !== null || ofPlan !== null) return []
  if (imageFolder === null)
    return [
      { found: `${name} names no container image`, fix: 'give it one, or the plan, or all with --image' },
    ]
  const fix = `build it (\`docker build --tag NAME ${imageFolder}\`), and name it with --image NAME`
  return [{ found: `the image of ${name} has to be made`, fix }]
}

function over(
  { name }: Task,
  { floor, has, unit }: { readonly floor: number; readonly has: number | null; readonly unit: string },
): readonly Said[] {
  if (has === null || floor <= has) return []
  const found = `${name} is to be guaranteed ${floor} ${unit}, and this machine has ${has}`
  return [{ found, fix: 'lower its floor, or use a larger machine' }]
}

function repeated(
  lists: readonly (readonly Task[])[],
): readonly { readonly path: PlanPath; readonly name: string }[] {
  const seen = new Set<string>()
  return lists.flatMap((list, i) =>
    list.flatMap(({ name }) => {
      if (seen.has(name)) return [{ path: ['tasks', i], name }]
      seen.add(name)
      return []
    }),
  )
}
