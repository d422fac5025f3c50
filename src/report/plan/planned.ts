import type { Plan } from '../../runner/plan.ts'

/** An agent with a model that a plan runs. */
export interface PlannedSystem {
  readonly agent: string
  readonly model: string
  /** `agent · model`. */
  readonly name: string
}

/** Arms that are compared with each other: all that is the same in them, and what they differ in. */
export interface Family {
  /** Unique in the plan. */
  readonly name: string
  readonly arms: readonly string[]
  readonly systems: readonly PlannedSystem[]
  /** Each arm but one is held against that one. */
  readonly comparisons: number
}

export const systemsOf = ({ agents, models }: Plan): readonly PlannedSystem[] =>
  agents.flatMap((agent) => models.map((model) => systemOf(agent, model)))

const systemOf = (agent: string, model: string): PlannedSystem => ({
  agent,
  model,
  name: `${agent} · ${model}`,
})

export const tasksIn = ({ tasks }: Plan): number =>
  tasks.kind === 'count' ? tasks.count : tasks.files.length

/** Runs of one task by one agent with one model. */
export const runsPerTask = ({ multipliers, repeats }: Plan): number => multipliers.length * repeats

/** Runs of one agent with one model. */
export const runsPerSystem = (plan: Plan): number => tasksIn(plan) * runsPerTask(plan)

export const runsIn = (plan: Plan): number => runsPerSystem(plan) * plan.agents.length * plan.models.length

/** What is compared with what; a plan with one arm is taken to be compared with another arm like it. */
export function familiesOf(plan: Plan): readonly Family[] {
  const { agents, models, multipliers, compare } = plan
  const family = (name: string, arms: readonly string[], systems: readonly PlannedSystem[]): Family => ({
    name,
    arms,
    systems,
    comparisons: Math.max(1, arms.length - 1),
  })
  if (compare === 'models')
    return agents.map((agent) =>
      family(
        agent,
        models,
        models.map((model) => systemOf(agent, model)),
      ),
    )
  if (compare === 'agents')
    return models.map((model) =>
      family(
        model,
        agents,
        agents.map((agent) => systemOf(agent, model)),
      ),
    )
  const arms = multipliers.map(multiplierName)
  return systemsOf(plan).map((system) => family(system.name, arms, [system]))
}

/** As other reports call it: `3 ×`, `uncapped`. */
export const multiplierName = (multiplier: number): string =>
  multiplier === Number.POSITIVE_INFINITY ? 'uncapped' : `${multiplier} ×`
