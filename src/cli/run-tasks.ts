import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import {
  type PlanRunDocument,
  planRunDocument,
  type SpendForecast,
} from '../report/plan-run/plan-run-document.ts'
import { planAheadText, planRunText } from '../report/plan-run/plan-run-text.ts'
import { BACKENDS } from '../runner/plan-file.ts'
import { type PlanState, readPlanState, unfinishedPlans } from '../runner/plan-journal.ts'
import { readSettings } from '../settings.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { SessionOptions, withSession } from './gateway-session.ts'
import { LimitOptions, withLimits } from './limits.ts'
import { makePlan } from './make-plan.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'
import { forecastPlan } from './plan-forecast.ts'
import { aheadOf, type PreparedPlan, preparePlan } from './prepare-plan.ts'
import { isAgreed } from './question.ts'

const count = (least: number, most: number) =>
  z.coerce
    .number()
    .int()
    .min(least, `expected ${least} or more`)
    .max(most, `expected ${most} or less`)
    .optional()

const Options = z.object({
  ...SessionOptions.shape,
  ...LimitOptions.shape,
  backend: z.enum(BACKENDS, `choose from ${BACKENDS.join(', ')}`).optional(),
  model: z.array(z.string().min(1)).optional(),
  repeats: count(1, 10_000),
  concurrency: count(1, 1000),
  retries: count(0, 20),
  seed: count(0, 4_294_967_295),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
  resume: z.union([z.boolean(), z.string()]).optional(),
})
export type RunTasksOptions = z.infer<typeof Options>

/** `foretoken run TASK|PLAN`: agents in sandboxes, on tasks with a check. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json')
    .argument('[path]', 'a task, a folder of tasks, or a plan; to run a command, give it behind --')
    .option('--backend <name>', `where: ${BACKENDS.join(', ')} (default: local)`)
    .option('--model <name...>', 'the models, where the path is no plan that names them')
    .option('--repeats <times>', 'runs of each task by each agent and model')
    .option('--concurrency <runs>', 'runs at once at most (default: as many as their floors fit)')
    .option('--retries <times>', 'further attempts after an infra error (default: 2; of a replay 0)')
    .option('--seed <number>', 'of the random order (default: 1)')
    .option('--dry-run', 'tell what would be run and what it would cost, and run nothing')
    .option('-y, --yes', 'ask nothing')
    .option('--resume [id]', 'go on with a plan that was not finished (default: the last)')
  withLimits(command)
  withSession(command)
  withSettings(command, 'db', 'prices', 'openaiUrl', 'anthropicUrl', 'geminiUrl')
  withSettings(command, 'cache', 'models', 'bundle', 'agent')
  act(command, run)
}

async function run(asked: Invocation): Promise<number> {
  const { call, options, state } = await resumed(asked)
  if (!options.store)
    throw new KnownError('usage', '--no-store: runs in sandboxes are kept', { fix: 'name a store with --db' })
  const prepared = await preparePlan(call, options, state)
  try {
    const forecast = await forecastPlan(call, {
      ...prepared,
      isKept: state === null && !options.dryRun,
      agents: prepared.agents.map(({ agent }) => agent.name),
    })
    call.app.note(showSafely(planAheadText(aheadOf(prepared, forecast, options), call.app.columns)))
    if (options.dryRun) return dryRun(call, prepared, forecast)
    if (!(await isAgreed(call.app, options))) return EXIT.ok
    const { records, left } = await makePlan(call, options, { prepared, state, forecast })
    const document = planRunDocument(
      {
        id: prepared.id,
        plan: prepared.path,
        store: resolve(call.app.cwd, call.settings.db.value),
        replayed: options.replay !== undefined,
        planned: prepared.runs.map(({ key }) => key),
        ...{ left, forecast },
      },
      records,
    )
    return tell(call, document)
  } finally {
    await prepared.close()
  }
}

interface Resumed {
  readonly call: Invocation
  readonly options: RunTasksOptions
  /** Null = it is begun now. */
  readonly state: PlanState | null
}

/** What is resumed goes on with the options that it was started with, but for those given now. */
async function resumed(call: Invocation): Promise<Resumed> {
  const options = parseFlags(Options, call.options)
  const wanted = options.resume
  if (wanted === undefined || wanted === false) return { call, options, state: null }
  const folder = plansFolder(call)
  const open = unfinishedPlans(folder)
  const path = call.args[0] === undefined ? null : resolve(call.app.cwd, call.args[0])
  const state = open.find(
    ({ start }) => (wanted === true || start.id === wanted) && (path === null || start.path === path),
  )
  if (state === undefined) throw nothingToResume(open, wanted)
  const { options: before, cwd, path: plan } = state.start
  const merged: Record<string, unknown> = { ...before, ...call.options }
  const app = { ...call.app, cwd }
  // The store is where the plan was found.
  const settings = await readSettings(app, merged)
  const db = { ...call.settings.db, value: resolve(call.app.cwd, call.settings.db.value) }
  return {
    call: { ...call, app, settings: { ...settings, db }, options: merged, args: [plan] },
    options: parseFlags(Options, merged),
    state: readPlanState(folder, state.start.id),
  }
}

function nothingToResume(open: readonly PlanState[], wanted: string | true): KnownError {
  const ids = open.map(({ start }) => start.id)
  return new KnownError(
    'nothing-to-resume',
    wanted === true ? 'no plan was left unfinished' : JSON.stringify(wanted),
    ids.length === 0 ? {} : { fix: `unfinished are ${ids.slice(0, 5).join(', ')}` },
  )
}

/** Where the journals of plans lie: beside the store. */
export const plansFolder = ({ app, settings }: Pick<Invocation, 'app' | 'settings'>): string =>
  join(dirname(resolve(app.cwd, settings.db.value)), 'plans')

function dryRun({ app, format }: Invocation, prepared: PreparedPlan, forecast: SpendForecast): number {
  const runs = prepared.runs.map(({ key }) => key)
  if (format === 'json')
    app.print(`${JSON.stringify({ schema: 'plan-ahead/1', plan: prepared.path, runs, forecast }, null, 2)}\n`)
  else app.print(showSafely(`${runs.join('\n')}\n`))
  return EXIT.ok
}

function tell({ app, format }: Invocation, document: PlanRunDocument): number {
  if (format === 'json') app.print(`${JSON.stringify(document, null, 2)}\n`)
  else app.print(showSafely(planRunText(document, app.columns)))
  const { outcomes, left } = document
  if (app.signal.aborted) return EXIT.interrupted
  if (outcomes['budget-exhausted'] > 0 || left !== null) return EXIT.overBudget
  return outcomes['infra-error'] > 0 ? EXIT.provider : EXIT.ok
}
