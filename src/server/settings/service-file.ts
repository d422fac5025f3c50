import { z } from 'zod'
import { BACKENDS, Spend } from '../../runner/plan-file.ts'
import { Repositories } from './repositories-file.ts'
import { LOG_LEVELS, SERVICE_DEFAULTS } from './service-defaults.ts'
import { address, bytes, Flag, Name, Text, whole } from './service-values.ts'

/** What is wrong with a value is said as what to put there: each message below follows an arrow. */
const URL_FIX = 'give an address such as "https://foretoken.example"'
const PROXIES = 'give the number of proxies in front, or a list of their addresses such as ["10.0.0.0/8"]'
const LEVEL = 'give "debug", "info", "warn", "error" or "silent"'
const BACKEND = 'give "local", "docker" or "kubernetes"'

const WEBHOOK = 'give an address such as "https://hooks.example/foretoken"'

const { alarms, learning, limits, log, retention, runs } = SERVICE_DEFAULTS

const Limits = z.strictObject(
  {
    bodyBytes: bytes(2 ** 30)
      .optional()
      .meta({ description: 'of a body of JSON', default: limits.bodyBytes }),
    issueBytes: bytes(2 ** 30)
      .optional()
      .meta({ description: 'of an issue', default: limits.issueBytes }),
    uploadBytes: bytes(2 ** 40)
      .optional()
      .meta({
        description: 'of trajectories sent in',
        default: limits.uploadBytes,
      }),
    requestsPerMinute: whole('requests', 1, 1e9).optional().meta({
      description: 'of one key, or of one address without',
      default: limits.requestsPerMinute,
    }),
    requestTimeoutSeconds: whole('seconds', 1, 3600).optional().meta({
      description: 'after so long a request is given up, unless it streams',
      default: limits.requestTimeoutSeconds,
    }),
    connections: whole('connections', 1, 1e6).optional().meta({
      description: 'open at once',
      default: limits.connections,
    }),
  },
  'give an object such as {"requestsPerMinute": 600}',
)

const paths = (what: string, example: string) =>
  z.array(Name, `give a list of ${what}, such as ["${example}"]`).max(1000, `give at most 1000 ${what}`)

const Runs = z.strictObject(
  {
    tasks: paths('folders', 'data/tasks').optional().meta({
      description: 'folders of tasks that callers may have run; none when left out',
    }),
    agents: paths('files', 'data/agents/mini-swe-agent.yaml').optional().meta({
      description: 'agents that may run them, beside the built-in one',
    }),
    backend: z.enum(BACKENDS, BACKEND).optional().meta({
      description: 'where the sandboxes are',
      default: runs.backend,
    }),
    concurrency: whole('runs', 1, 1000)
      .optional()
      .meta({ description: 'at once', default: runs.concurrency }),
    mostWaiting: whole('runs', 0, 1e6).optional().meta({
      description: 'that wait; of more, the caller is told to come again',
      default: runs.mostWaiting,
    }),
    budget: Spend.optional().meta({
      description: 'the most of one run, whatever the caller asks for; tasks need one',
    }),
    replay: Name.optional().meta({
      description: 'a cassette that answers in place of the providers: runs then cost nothing',
    }),
  },
  'give an object such as {"tasks": ["data/tasks"], "budget": {"usd": 2}}',
)

const Learning = z.strictObject(
  {
    automatic: Flag.optional().meta({
      description:
        'true: it learns from the runs of its store by itself, unless the setting bundle names what forecasts; a new bundle is put in force only if it forecasts at least as well',
      default: learning.automatic,
    }),
    everyRuns: whole('runs', 1, 1e9).optional().meta({
      description: 'new since the last training; then there is another',
      default: learning.everyRuns,
    }),
    atMostEveryHours: whole('hours', 0, 8760).optional().meta({
      description: 'from one training to the next',
      default: learning.atMostEveryHours,
    }),
  },
  'give an object such as {"everyRuns": 50}',
)

const Log = z.strictObject(
  {
    level: z
      .enum(LOG_LEVELS, LEVEL)
      .optional()
      .meta({ description: 'the least that is told', default: log.level }),
    issueText: Flag.optional().meta({
      description: 'true: titles and texts of issues may stand in the log',
      default: log.issueText,
    }),
  },
  'give an object such as {"level": "info"}',
)

const Retention = z.strictObject(
  {
    idempotencyDays: whole('days', 1, 365).optional().meta({
      description: 'so long the answer to an Idempotency-Key is kept',
      default: retention.idempotencyDays,
    }),
  },
  'give an object such as {"idempotencyDays": 1}',
)

const Alarms = z.strictObject(
  {
    webhook: address(WEBHOOK).meta({
      description:
        'is sent each alarm once, and once more when it is over, as POST with JSON; redirects are not followed',
    }),
    timeoutSeconds: whole('seconds', 1, 60).optional().meta({
      description: 'after so long it is tried again',
      default: alarms.timeoutSeconds,
    }),
    tries: whole('tries', 1, 20).optional().meta({
      description:
        'of sending one; the pause before the second is a second, and then twice as long each time',
      default: alarms.tries,
    }),
  },
  'give an object such as {"webhook": "https://hooks.example/foretoken"}',
)

/** The shape of the settings file of the service: what is written there, before it is checked as a whole. */
export const ServiceFile = z.strictObject(
  {
    $schema: Text.optional(),
    schema: z.literal('service/1', 'give "service/1"'),
    host: Name.optional().meta({
      description: 'address it listens at; any but one of this machine alone needs keys',
      default: SERVICE_DEFAULTS.host,
    }),
    port: whole('the port', 0, 65_535).optional().meta({
      description: '0 = any that is free',
      default: SERVICE_DEFAULTS.port,
    }),
    publicUrl: address(URL_FIX)
      .optional()
      .meta({ description: 'under which browsers reach it, where that is another than it listens at' }),
    keysRequired: Flag.optional().meta({
      description: 'true: everybody needs a key, also on this machine alone',
    }),
    trustProxy: z
      .union([whole('proxies', 1, 10), z.array(Name, PROXIES).min(1, PROXIES).max(100, PROXIES)], PROXIES)
      .optional()
      .meta({
        description:
          'proxies in front, how many or which: what they say of clients is believed, and everybody needs a key; none ' +
          'when left out',
      }),
    threads: whole('threads', 1, 256).optional().meta({
      description: 'that make forecasts which read a repository',
      default: SERVICE_DEFAULTS.threads,
    }),
    repositories: Repositories.optional().meta({ description: 'which it reads; none when left out' }),
    limits: Limits.optional().meta({ description: 'on what is asked' }),
    runs: Runs.optional().meta({ description: 'which may be started; none when left out' }),
    learning: Learning.optional().meta({ description: 'from the runs of its store' }),
    log: Log.optional().meta({ description: 'on standard error' }),
    telemetry: Flag.optional().meta({
      description: 'false: neither /metrics nor traces',
      default: SERVICE_DEFAULTS.telemetry,
    }),
    retention: Retention.optional().meta({ description: 'how long things are kept' }),
    alarms: Alarms.optional().meta({ description: 'where they are sent; nowhere when left out' }),
  },
  'give an object such as {"schema": "service/1", "port": 4142}',
)

export type ServiceFile = z.infer<typeof ServiceFile>

/** The JSON Schema of the file, for editors. Comments and trailing commas are allowed in it. */
export function serviceSchema(): object {
  const schema = z.toJSONSchema(ServiceFile, { io: 'input' })
  return { ...schema, title: 'Foretoken service', allowComments: true, allowTrailingCommas: true }
}
