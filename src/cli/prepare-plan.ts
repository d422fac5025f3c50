import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { KnownError, type Problem } from '../errors.ts'
import { type Limits, NO_LIMITS } from '../gateway/budget/limits.ts'
import { priceOf } from '../pricing/price-book.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import type { SpendForecast } from '../report/plan-run/plan-run-document.ts'
import type { planAheadText } from '../report/plan-run/plan-run-text.ts'
import { NO_LIMITS as NO_AGENT_LIMITS } from '../runner/agents/builtin.ts'
import type { AttemptContext } from '../runner/attempt/attempt-context.ts'
import { copyFromImage } from '../runner/attempt/copy-from-image.ts'
import { probeAgent } from '../runner/attempt/probe-agent.ts'
import { builtinInSandbox, reachableMounts } from '../runner/attempt/programs.ts'
import { openBackend } from '../runner/back-end.ts'
import { problemAt } from '../runner/file-problems.ts'
import { type Machine, thisMachine } from '../runner/machine.ts'
import { malformedPlan, type Plan } from '../runner/plan.ts'
import type { PlannedSpend } from '../runner/plan-file.ts'
import type { PlanState } from '../runner/plan-journal.ts'
import { type PlannedAgent, type PlannedRun, plannedRuns } from '../runner/planned-run.ts'
import { resolvePlan } from '../runner/resolve-plan.ts'
import { taskRepositories } from '../runner/task-repositories.ts'
import type { Task } from '../runner/tasks/task.ts'
import { makeWorkFolder } from '../runner/work-folder.ts'
import { decimalUsd, picoOfDecimal } from '../units.ts'
import { type FoundPlan, readAskedPlan } from './asked-plan.ts'
import type { Invocation } from './command-line.ts'
import { bothLimits, limitsGiven } from './limits.ts'
import type { RunTasksOptions } from './run-tasks.ts'
import { version } from './version.ts'

/** A plan that is checked, with all that running it needs but the gateway. */
export interface PreparedPlan
  extends Pick<AttemptContext, 'backend' | 'work' | 'reachable' | 'repositoryOf'> {
  readonly id: string
  /** Absolute. */
  readonly path: string
  readonly plan: Plan
  /** Null = the runs are on others. */
  readonly machine: Machine | null
  readonly tasks: readonly Task[]
  readonly agents: readonly PlannedAgent[]
  /** In order. */
  readonly runs: readonly PlannedRun[]
  readonly retries: number
  readonly concurrency: number | null
  /** Of all runs together. */
  readonly total: Limits
  readonly close: () => Promise<void>
}

/**
 * Reads and checks a plan, everything that is wrong with it at once, and clears away what a killed runner left of it.
 * @throws KnownError plan-malformed, task-malformed, agent-malformed, sandbox-missing
 */
export async function preparePlan(
  call: Invocation,
  options: RunTasksOptions,
  state: PlanState | null,
): Promise<PreparedPlan> {
  const { app, settings, args } = call
  const [path] = args
  if (path === undefined) throw new KnownError('usage', 'nothing to run', { fix: 'name a task or a plan' })
  const { value: agent, origin } = settings.agent
  const found = await readAskedPlan({
    ...{ path, cwd: app.cwd, models: options.model ?? null, repeats: options.repeats ?? null },
    image: options.image ?? null,
    // Only by a flag does it go over what a plan names.
    agent: origin === 'flag' || !/\.(ya?ml|json)$/i.test(path) ? agent : null,
  })
  const { backend, hasImages, isHere } = await openBackend(options.backend ?? found.plan.backend ?? 'local', {
    cluster: found.plan.kubernetes,
    dockerHost: app.env.DOCKER_HOST,
  })
  const machine = isHere ? thisMachine() : null
  const builtin = builtinInSandbox(NO_AGENT_LIMITS)
  const place = { folder: found.folder, machine, builtin, hasImages }
  const { tasks, agents, problems } = await resolvePlan(found.plan, found.source, place)
  const total = bothLimits(limitsOf(found.plan.budget.total), limitsGiven(options))
  const perRun = limitsOf(found.plan.budget.perRun)
  const all = [...found.problems, ...problems, ...(await priceProblems(call, found, [total, perRun]))]
  if (all.length > 0) throw refused(found, path, all)
  await backend.sweep()
  const id = state?.start.id ?? newPlanId(app.now())
  const work = await makeWorkFolder(id)
  const reachable = reachableMounts(join(work, 'programs'))
  const close = async (): Promise<void> => {
    await rm(work, { recursive: true, force: true })
    // With what holds all sandboxes; what is in the way is told when the next plan sweeps.
    await backend.sweep().catch(() => [])
  }
  try {
    const probing = { backend, work, reachable, version: version() }
    const probed: PlannedAgent[] = []
    for (const one of agents)
      probed.push(await probeAgent(probing, { agent: one, image: tasks[0]?.image ?? null }, app.kill))
    const runs = plannedRuns({
      ...{ tasks, agents: probed, models: found.plan.models, repeats: found.plan.repeats, limits: perRun },
      multipliers: found.plan.hasOwnCeilings ? null : found.plan.multipliers,
      seed: options.seed ?? found.plan.seed,
    })
    const isReplay = options.replay !== undefined
    return {
      ...{ id, path: resolve(app.cwd, path), plan: found.plan, machine, backend, work, reachable },
      ...{ tasks, agents: probed, runs, total, close },
      repositoryOf: taskRepositories(join(work, 'repositories'), (task, into) =>
        copyFromImage({ backend, work, reachable }, { task, into }, app.kill),
      ),
      // A replay says the same again.
      retries: options.retries ?? (isReplay ? 0 : found.plan.retries),
      concurrency: options.concurrency ?? found.plan.concurrency ?? (isHere ? null : MOST_ELSEWHERE),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** So many wait for room in a cluster, where nothing else is said: each has its workspace here. */
const MOST_ELSEWHERE = 20

const newPlanId = (nowMs: number): string =>
  `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(3).toString('hex')}`

const limitsOf = ({ usd, totalTokens, outputTokens, calls }: PlannedSpend): Limits => ({
  ...NO_LIMITS,
  usd: usd === undefined ? null : picoOfDecimal(decimalUsd(usd)),
  totalTokens: totalTokens ?? null,
  outputTokens: outputTokens ?? null,
  calls: calls ?? null,
})

/** What costs nobody knows what cannot be held against a budget in dollars. */
async function priceProblems(
  { app, settings }: Invocation,
  { plan, source }: FoundPlan,
  limits: readonly Limits[],
): Promise<readonly Problem[]> {
  if (limits.every(({ usd }) => usd === null)) return []
  const book = await readPriceBook({ file: settings.prices.value, cwd: app.cwd })
  return plan.models.flatMap((model, i) => {
    const price = priceOf(book, model, app.now())
    if (price.kind !== 'unknown') return []
    const fix = 'give it with --prices FILE, or limit tokens in place of dollars'
    return [problemAt(source, ['models', i], { found: `a budget in dollars, and ${price.reason}`, fix })]
  })
}

/** Of tasks that were named on the command line there is no text in which a place would tell anything. */
function refused({ isWritten }: FoundPlan, path: string, problems: readonly Problem[]): KnownError {
  if (isWritten) return malformedPlan(path, problems)
  const [fix] = new Set(problems.map((problem) => problem.fix))
  return new KnownError(
    'plan-malformed',
    problems.map(({ found }) => found).join('; '),
    fix === undefined ? {} : { fix },
  )
}

/** What is told of a plan before it is started. */
export function aheadOf(
  { runs, tasks, agents, plan, backend, machine, concurrency, total }: PreparedPlan,
  forecast: SpendForecast,
  { replay }: RunTasksOptions,
): Parameters<typeof planAheadText>[0] {
  const several = (list: readonly string[], what: string): string =>
    list.length === 1 ? (list[0] ?? '') : `${list.length} ${what}`
  const names = [
    several(
      tasks.map(({ name }) => name),
      'tasks',
    ),
    several(
      agents.map(({ agent }) => agent.name),
      'agents',
    ),
    several(plan.models, 'models'),
    ...(plan.multipliers.length > 1 ? [`${plan.multipliers.length} multipliers`] : []),
    ...(plan.repeats > 1 ? [`${plan.repeats} repeats`] : []),
  ]
  const atOnce =
    concurrency === null
      ? `as many at once as fit into ${machine?.cpus ?? 'its'} CPUs`
      : `up to ${concurrency} at once`
  return {
    ...{ runs: runs.length, what: names.join(' × '), where: `${backend.name}, ${atOnce}`, forecast },
    budget: budgetText(total),
    replayed: replay !== undefined,
  }
}

function budgetText({ usd, totalTokens, outputTokens, calls, seconds }: Limits): string | null {
  const count = (amount: number | null, what: string): string[] =>
    amount === null ? [] : [`${amount.toLocaleString('en-US')} ${what}`]
  const parts = [
    ...(usd === null ? [] : [`$${Number(usd) / 1e12}`]),
    ...count(totalTokens, 'tokens'),
    ...count(outputTokens, 'output tokens'),
    ...count(calls, 'calls'),
    ...count(seconds, 'seconds'),
  ]
  return parts.length === 0 ? null : `${parts.join(', ')} for all runs`
}
