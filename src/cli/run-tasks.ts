import { resolve } from 'node:path'
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
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { SessionOptions, withSession } from './gateway-session.ts'
import { LimitOptions, withLimits } from './limits.ts'
import { makePlan } from './make-plan.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'
import { plannedEvent, tellEvent } from './plan-events.ts'
import { forecastPlan } from './plan-forecast.ts'
import { aheadOf, type PreparedPlan, preparePlan } from './prepare-plan.ts'
import { isAgreed } from './question.ts'
import { type ResumedPlan, resumePlan } from './resume-plan.ts'

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
  image: z.string().min(1).optional(),
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
  withFormats(command, 'text', 'json', 'jsonl')
    .argument('[path]', 'a task, a folder of tasks, or a plan; to run a command, give it behind --')
    .option('--backend <name>', `where: ${BACKENDS.join(', ')} (default: local)`)
    .option('--image <name>', 'the container image of tasks that name none, with docker and kubernetes')
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
  withSettings(command, 'cache', 'models', 'bundle', 'agent', 'calibration')
  act(command, run)
}

async function run(call: Invocation): Promise<number> {
  const { resume } = parseFlags(Options, call.options)
  if (resume === undefined || resume === false) return runWith(call, null)
  const { call: before, resumed } = await resumePlan(call, resume)
  try {
    return await runWith(before, resumed)
  } finally {
    resumed.journal.close()
  }
}

async function runWith(call: Invocation, resumed: ResumedPlan | null): Promise<number> {
  const options = parseFlags(Options, call.options)
  if (!options.store)
    throw new KnownError('usage', '--no-store: runs in sandboxes are kept', { fix: 'name a store with --db' })
  const prepared = await preparePlan(call, options, resumed?.state ?? null)
  try {
    const agents = prepared.agents.map(({ agent }) => agent.name)
    const isKept = resumed === null && !options.dryRun
    const forecast = await forecastPlan(call, { ...prepared, agents, isKept })
    if (call.format === 'jsonl') tellEvent(call.app, plannedEvent(prepared, forecast))
    else call.app.note(showSafely(planAheadText(aheadOf(prepared, forecast, options), call.app.columns)))
    if (options.dryRun) return dryRun(call, prepared, forecast)
    if (!(await isAgreed(call.app, options))) return EXIT.ok
    const { records, left } = await makePlan(call, options, { prepared, resumed, forecast })
    const told = {
      ...{ id: prepared.id, plan: prepared.path, left, forecast },
      store: resolve(call.app.cwd, call.settings.db.value),
      replayed: options.replay !== undefined,
      planned: prepared.runs.map(({ key }) => key),
    }
    return tell(call, planRunDocument(told, records))
  } finally {
    await prepared.close()
  }
}

function dryRun({ app, format }: Invocation, prepared: PreparedPlan, forecast: SpendForecast): number {
  const runs = prepared.runs.map(({ key }) => key)
  if (format === 'jsonl') return EXIT.ok
  if (format === 'json')
    app.print(`${JSON.stringify({ schema: 'plan-ahead/1', plan: prepared.path, runs, forecast }, null, 2)}\n`)
  else app.print(showSafely(`${runs.join('\n')}\n`))
  return EXIT.ok
}

function tell({ app, format }: Invocation, document: PlanRunDocument): number {
  if (format === 'jsonl') tellEvent(app, { event: 'done', document })
  else if (format === 'json') app.print(`${JSON.stringify(document, null, 2)}\n`)
  else app.print(showSafely(planRunText(document, app.columns)))
  const { outcomes, left } = document
  if (app.signal.aborted) return EXIT.interrupted
  if (outcomes['budget-exhausted'] > 0 || left !== null) return EXIT.overBudget
  return outcomes['infra-error'] > 0 ? EXIT.provider : EXIT.ok
}
