import { z } from 'zod'
import { UNCAPPED } from '../trajectory/conditions.ts'

/** What is wrong with a value is said as what to put there: each message below follows an arrow. */
const SHARE = 'give a share from 0 to 1, such as 0.55'
const DOLLARS = 'give dollars of 0 or more, such as 2.5'
const TOKENS = 'give a number of tokens above 0'
const MULTIPLIER = 'give a number of 1 or more, or "uncapped"'
const COUNT = 'give a whole number of tasks from 1 to 100000'
const REPEATS = 'give a whole number of repeats from 1 to 10000'
const POINTS = 'give percentage points above 0 and below 100, such as 3'
const TASKS = 'give a list of issue files, or {count: 100} where they are not chosen yet'
const CONCURRENCY = 'give a whole number of runs from 1 to 1000'
const SEED = 'give a whole number from 0 to 4294967295'
const RETRIES = 'give a whole number of further attempts from 0 to 20'
const HOURS = 'give hours above 0 and up to 8760, such as 6'
const BACKEND = 'give "local", "docker" or "kubernetes"'
const SPEND = 'give an object such as {usd: 2.5, totalTokens: 2000000}'
const WHOLE = 'give a whole number above 0'
const COMPARE = 'give "multipliers", "models" or "agents"'

/** What the arms of a plan may differ in. */
export const COMPARED = ['multipliers', 'models', 'agents'] as const
export type Compared = (typeof COMPARED)[number]

/** Where runs can be run. */
export const BACKENDS = ['local', 'docker', 'kubernetes'] as const
export type BackendName = (typeof BACKENDS)[number]

/** More arms of one kind than any reader compares. */
const MOST = 100

const Text = z.string('give a text').max(500, 'give at most 500 characters')
const Name = Text.trim().min(1, 'give a text that is not empty')
const namesOf = (what: string, example: string) =>
  z
    .array(Name.max(200, 'give at most 200 characters'), `give a list of ${what}, such as [${example}]`)
    .min(1, `give at least one of the ${what}`)
    .max(MOST, `give at most ${MOST} ${what}`)

const Multiplier = z.union([z.number(MULTIPLIER).min(1, MULTIPLIER), z.literal(UNCAPPED)], MULTIPLIER)

const IssueFiles = z
  .array(Name, TASKS)
  .min(1, 'give at least one issue file')
  .max(10_000, 'give at most 10000 issue files')
const Counted = z.strictObject(
  { count: z.number(COUNT).int(COUNT).min(1, COUNT).max(100_000, COUNT) },
  'give {count: 100}',
)

const share = (most: 'below 1' | 'up to 1') => {
  const fix = most === 'below 1' ? `${SHARE}, and below 1` : SHARE
  const from = z.number(fix).min(0, fix)
  return most === 'below 1' ? from.lt(1, fix) : from.max(1, fix)
}

const Assumptions = z.strictObject(
  {
    resolutionRate: share('up to 1')
      .optional()
      .meta({ description: 'share of the runs that resolve their task' }),
    consistency: share('below 1').optional().meta({
      description:
        'how far repeats of a task end alike: the share of the variance of outcomes that lies between tasks (ICC); 0 = all is chance',
    }),
    usdPerRun: z
      .number(DOLLARS)
      .min(0, DOLLARS)
      .max(1e9, DOLLARS)
      .optional()
      .meta({ description: 'dollars' }),
    totalTokensPerRun: z.number(TOKENS).positive(TOKENS).max(1e15, TOKENS).optional().meta({
      description: 'tokens of all classes: input, cached or not, and output',
    }),
    infraErrorRate: share('below 1').optional().meta({
      description: 'share of the runs that the infrastructure ends',
    }),
  },
  'give an object such as {resolutionRate: 0.55, usdPerRun: 0.4}',
)

const Whole = z.number(WHOLE).int(WHOLE).positive(WHOLE).max(1e15, WHOLE)
/** What may be spent at most. */
export const Spend = z.strictObject(
  {
    usd: z.number(DOLLARS).positive('give dollars above 0').max(1e9, DOLLARS).optional(),
    totalTokens: Whole.optional().meta({ description: 'of all classes: input, cached or not, and output' }),
    outputTokens: Whole.optional(),
    calls: Whole.optional(),
  },
  SPEND,
)
export type PlannedSpend = z.infer<typeof Spend>

const BudgetOfPlan = z.strictObject(
  {
    perRun: Spend.optional().meta({ description: 'ends a run, which is then an outcome' }),
    total: Spend.optional().meta({ description: 'ends the plan: all its runs together' }),
  },
  'give an object such as {perRun: {usd: 1}, total: {usd: 50}}',
)

const Cluster = z.strictObject(
  {
    context: Name.optional().meta({ description: 'of the kubeconfig; the current one when left out' }),
    namespace: Name.optional().meta({ description: 'that of the context when left out' }),
    queue: Name.optional().meta({ description: 'a LocalQueue of Kueue' }),
    gatewayAddress: Name.optional().meta({
      description:
        'an address of this machine that pods can reach; the first that is not of loopback when left out',
    }),
  },
  'give an object such as {namespace: agents, gatewayAddress: 10.0.0.7}',
)
export type PlannedCluster = z.infer<typeof Cluster>

/** The shape of a plan: what is written there, before it is checked as a whole. */
export const PlanFile = z.strictObject(
  {
    $schema: Text.optional(),
    schema: z.literal('plan/1', 'give "plan/1"'),
    include: z
      .array(Name, 'give a list of plans, such as [base.yaml]')
      .min(1, 'give at least one plan, or take include out')
      .max(MOST, `give at most ${MOST} plans`)
      .optional()
      .meta({
        description: 'plans, relative to this file, whose keys hold where they are not given here',
      }),
    tasks: z.union([IssueFiles, Counted], TASKS).meta({
      description:
        'to be run: folders of tasks, or files of SWE-bench instances, relative to this file; only to be forecast: issue files, or owner/repo#n, or how many there will be',
    }),
    repo: Name.optional().meta({
      description:
        'the repository the tasks are about, relative to this file: a work tree or bare repository',
    }),
    commit: Name.optional().meta({
      description: 'the commit the agents will start from; HEAD when left out',
    }),
    agents: namesOf('agents', 'openhands').meta({ description: 'each is run with each model' }),
    models: namesOf('models', 'gpt-5'),
    multipliers: z
      .array(Multiplier, `give a list such as [1, 3, ${UNCAPPED}]`)
      .min(1, 'give at least one multiplier')
      .max(MOST, `give at most ${MOST} multipliers`)
      .optional()
      .meta({
        description: 'resources of a run, as a multiple of what its task is guaranteed',
        default: [1],
      }),
    repeats: z.number(REPEATS).int(REPEATS).min(1, REPEATS).max(10_000, REPEATS).optional().meta({
      description: 'runs of each task by each agent, model and multiplier',
      default: 1,
    }),
    backend: z.enum(BACKENDS, BACKEND).optional().meta({ description: 'where it is run', default: 'local' }),
    image: Name.optional().meta({
      description: 'the container image of tasks that name none, with --backend docker or kubernetes',
    }),
    kubernetes: Cluster.optional().meta({ description: 'where in which cluster, with backend kubernetes' }),
    concurrency: z
      .number(CONCURRENCY)
      .int(CONCURRENCY)
      .min(1, CONCURRENCY)
      .max(1000, CONCURRENCY)
      .optional()
      .meta({
        description: 'runs at once at most; as many as their floors fit into the machine when left out',
      }),
    seed: z.number(SEED).int(SEED).min(0, SEED).max(4_294_967_295, SEED).optional().meta({
      description: 'of the random order of the runs',
      default: 1,
    }),
    retries: z.number(RETRIES).int(RETRIES).min(0, RETRIES).max(20, RETRIES).optional().meta({
      description: 'further attempts at a run that the infrastructure ended',
      default: 2,
    }),
    spreadHours: z.number(HOURS).positive(HOURS).max(8760, HOURS).optional().meta({
      description:
        'time over which the starts of the runs are spread; as soon as there is room when left out',
    }),
    budget: BudgetOfPlan.optional().meta({ description: 'what may be spent' }),
    compare: z.enum(COMPARED, COMPARE).optional().meta({
      description: 'what the plan is to tell apart; when left out, the one that has more than one',
    }),
    margin: z.number(POINTS).positive(POINTS).lt(100, POINTS).optional().meta({
      description: 'percentage points within which resolution rates count as equal',
      default: 3,
    }),
    assume: Assumptions.optional().meta({
      description: 'what to take for what neither recorded runs nor a forecast tell',
    }),
  },
  'give an object with schema, tasks, agents and models',
)

export type PlanFile = z.infer<typeof PlanFile>

/** The keys that may stand at a place in the file; null where anything may, or nothing is known. */
export function keysAt(path: readonly (string | number)[]): readonly string[] | null {
  if (path.length === 0) return Object.keys(PlanFile.shape)
  if (path[0] === 'budget' && path.length <= 2)
    return Object.keys(path.length === 1 ? BudgetOfPlan.shape : Spend.shape)
  if (path.length > 1) return null
  if (path[0] === 'kubernetes') return Object.keys(Cluster.shape)
  if (path[0] === 'tasks') return Object.keys(Counted.shape)
  return path[0] === 'assume' ? Object.keys(Assumptions.shape) : null
}

/** The JSON Schema of a plan, for editors. */
export const planSchema = (): object => ({
  ...z.toJSONSchema(PlanFile, { io: 'input' }),
  required: ['schema'],
  anyOf: [{ required: ['tasks', 'agents', 'models'] }, { required: ['include'] }],
  title: 'Foretoken plan of runs',
})
