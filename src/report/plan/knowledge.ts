import type { Outcomes } from '../../forecast/outcomes.ts'
import type { Episodes } from '../../store/episodes.ts'

/** What there is to go by before a plan is run, read already. */
export interface PlanKnowledge {
  /** Runs of the past; of other agents and models too. */
  readonly episodes: Episodes
  /** Of each task by each agent with each model; empty where the tasks are not chosen yet. */
  readonly forecasts: readonly PlannedForecast[]
}

/** The forecast of one task of a plan by one agent with one model. */
export interface PlannedForecast {
  readonly agent: string
  readonly model: string
  /** The task, as the plan names it. */
  readonly task: string
  /** `owner/name`; null = not known. */
  readonly repository: string | null
  /** Of the mean of all runs that the plan makes of the task with this agent and model. */
  readonly outcomes: Outcomes
  /** Correlation of its error with those of other tasks of its repository, 0–1. */
  readonly correlation: number
  /** P(resolved) of a run; null = not known. */
  readonly resolved: number | null
  /** Whether the model was ever trained on. */
  readonly seen: boolean
  /** What its dollars take for granted. */
  readonly notes: readonly string[]
}
