import { KnownError, type Problem } from '../errors.ts'
import { UNCAPPED } from '../trajectory/conditions.ts'
import {
  type BackendName,
  COMPARED,
  type Compared,
  PlanFile,
  type PlannedCluster,
  type PlannedSpend,
} from './plan-file.ts'
import { planProblems } from './plan-problems.ts'
import { type PlanText, readPlanText } from './plan-text.ts'

/** What is taken for what nothing else tells; null = not said. */
export interface PlanAssumptions {
  /** 0–1. */
  readonly resolutionRate: number | null
  /** ICC of outcomes, 0–1. */
  readonly consistency: number | null
  readonly usdPerRun: number | null
  readonly totalTokensPerRun: number | null
  /** 0–1. */
  readonly infraErrorRate: number | null
}

/** A plan of runs, checked, with every default in its place: every agent with every model under every multiplier. */
export interface Plan {
  readonly tasks:
    | { readonly kind: 'issues'; readonly files: readonly string[] }
    | { readonly kind: 'count'; readonly count: number }
  /** As written, relative to the file; null = not said. */
  readonly repo: string | null
  readonly commit: string | null
  readonly agents: readonly string[]
  readonly models: readonly string[]
  /** Of what a task is guaranteed; Infinity = uncapped. */
  readonly multipliers: readonly number[]
  /** No multipliers are said: each task's own ceilings hold. */
  readonly hasOwnCeilings: boolean
  /** Of each task by each agent, model and multiplier. */
  readonly repeats: number
  /** Null: there is one arm. */
  readonly compare: Compared | null
  /** Difference of resolution rates within which they count as equal, 0–1. */
  readonly margin: number
  readonly assume: PlanAssumptions
  /** Null = not said. */
  readonly backend: BackendName | null
  /** Of tasks that name none. */
  readonly image: string | null
  readonly kubernetes: PlannedCluster
  readonly concurrency: number | null
  readonly seed: number
  readonly retries: number
  readonly spreadHours: number | null
  readonly budget: { readonly perRun: PlannedSpend; readonly total: PlannedSpend }
}

/**
 * Parses the text of a plan, YAML or JSON.
 * @throws KnownError plan-malformed, with every problem, its JSON pointer, line and fix
 */
export function parsePlan(text: string, file: string): Plan {
  if (text.length > MAX_CHARS) throw new KnownError('plan-malformed', `${file} has more than 1 MiB`)
  return planIn(readPlanText(text), file)
}

/**
 * The plan in a text that was read already.
 * @throws KnownError plan-malformed, with every problem, its JSON pointer, line and fix
 */
export function planIn(source: PlanText, file: string): Plan {
  const problems = source.syntax.length > 0 ? source.syntax : [...source.keys, ...planProblems(source)]
  if (problems.length > 0) throw malformedPlan(file, problems)
  const { tasks, repo, commit, multipliers, repeats, compare, margin, ...rest } = PlanFile.parse(source.value)
  const arms = { multipliers: multipliers ?? [1], models: rest.models, agents: rest.agents }
  return {
    tasks: Array.isArray(tasks) ? { kind: 'issues', files: tasks } : { kind: 'count', count: tasks.count },
    repo: repo ?? null,
    commit: commit ?? null,
    agents: arms.agents,
    models: arms.models,
    multipliers: arms.multipliers.map((each) => (each === UNCAPPED ? Number.POSITIVE_INFINITY : each)),
    repeats: repeats ?? 1,
    compare: compare ?? COMPARED.find((key) => arms[key].length > 1) ?? null,
    margin: (margin ?? 3) / 100,
    assume: assumptionsOf(rest.assume),
    hasOwnCeilings: multipliers === undefined,
    backend: rest.backend ?? null,
    image: rest.image ?? null,
    kubernetes: rest.kubernetes ?? {},
    concurrency: rest.concurrency ?? null,
    seed: rest.seed ?? 1,
    retries: rest.retries ?? 2,
    spreadHours: rest.spreadHours ?? null,
    budget: { perRun: rest.budget?.perRun ?? {}, total: rest.budget?.total ?? {} },
  }
}

const MAX_CHARS = 1024 * 1024

const assumptionsOf = (said: PlanFile['assume']): PlanAssumptions => ({
  resolutionRate: said?.resolutionRate ?? null,
  consistency: said?.consistency ?? null,
  usdPerRun: said?.usdPerRun ?? null,
  totalTokensPerRun: said?.totalTokensPerRun ?? null,
  infraErrorRate: said?.infraErrorRate ?? null,
})

/** The failure that lists what is wrong with a plan. */
export function malformedPlan(file: string, problems: readonly Problem[]): KnownError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const many = sorted.length === 1 ? 'a problem' : `${sorted.length} problems`
  return new KnownError('plan-malformed', `${file} has ${many}`, { problems: sorted })
}
