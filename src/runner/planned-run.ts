import type { Limits } from '../gateway/budget/limits.ts'
import { seededRandom, shuffled } from '../regress/random.ts'
import type { Ceiling, Floor } from '../sandbox/sandbox.ts'
import type { Agent } from './agents/agent.ts'
import type { FloorAndCeiling, Task } from './tasks/task.ts'

/** An agent as it is run: with its version, where it tells one. */
export interface PlannedAgent {
  readonly agent: Agent
  readonly version: string | null
}

/** One run that a plan asks for. */
export interface PlannedRun {
  /** Unique in the plan, and the same whenever it is read. */
  readonly key: string
  readonly task: Task
  readonly agent: PlannedAgent
  readonly model: string
  /** Of the floor; Infinity = uncapped; null = the ceilings that the task tells. */
  readonly multiplier: number | null
  /** From 1. */
  readonly repeat: number
  readonly limits: Partial<Limits>
}

/** What a plan crosses. */
export interface Crossed {
  readonly tasks: readonly Task[]
  readonly agents: readonly PlannedAgent[]
  readonly models: readonly string[]
  /** Null = as the tasks tell. */
  readonly multipliers: readonly number[] | null
  readonly repeats: number
  readonly limits: Partial<Limits>
  readonly seed: number
}

/** Every run of a plan, in an order that depends on nothing but the seed. */
export function plannedRuns(crossed: Crossed): readonly PlannedRun[] {
  const { tasks, agents, models, multipliers, repeats, limits, seed } = crossed
  const runs = tasks.flatMap((task) =>
    agents.flatMap((agent) =>
      models.flatMap((model) =>
        (multipliers ?? [null]).flatMap((multiplier) =>
          Array.from({ length: repeats }, (_, i): PlannedRun => {
            const parts = [task.name, agent.agent.name, model, multiplier ?? 'task', i + 1]
            return { key: parts.join(' · '), task, agent, model, multiplier, repeat: i + 1, limits }
          }),
        ),
      ),
    ),
  )
  return shuffled(runs, seededRandom(seed))
}

/** What a sandbox of a run is given. */
export interface Resources {
  readonly floor: Floor
  readonly ceiling: Ceiling
  /** The ceiling as a multiple of the floor; Infinity = uncapped; null = of each resource another one. */
  readonly multiplier: number | null
}

const MEBIBYTE = 2 ** 20

/** More processes than any agent needs, and less than the machine has. */
const PIDS = 4096

/** The floor is the task's; the ceiling is that times the multiplier. */
export function resourcesOf({ task, multiplier }: Pick<PlannedRun, 'task' | 'multiplier'>): Resources {
  const { cpus, memoryMib } = task.resources
  const ceilingOf = ({ floor, ceiling }: FloorAndCeiling): number | null => {
    if (multiplier === null) return ceiling
    return multiplier === Number.POSITIVE_INFINITY ? null : floor * multiplier
  }
  const [cpuCeiling, mibCeiling] = [ceilingOf(cpus), ceilingOf(memoryMib)]
  const own = cpus.ceiling / cpus.floor
  return {
    floor: { cpus: cpus.floor, memoryBytes: memoryMib.floor * MEBIBYTE },
    ceiling: {
      cpus: cpuCeiling,
      memoryBytes: mibCeiling === null ? null : Math.round(mibCeiling * MEBIBYTE),
      pids: PIDS,
    },
    multiplier: multiplier ?? (own === memoryMib.ceiling / memoryMib.floor ? own : null),
  }
}
