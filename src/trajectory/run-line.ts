import { z } from 'zod'
import { QUALITIES } from '../usage/call.ts'
import { eachClass } from '../usage/each-class.ts'
import { ACTION_KINDS } from './action.ts'
import { UNCAPPED } from './conditions.ts'
import { isoInstant } from './instant.ts'
import { OUTCOMES } from './run.ts'

export const MAX_NAME_CHARS = 1000
export const DECIMAL = /^\d{1,18}(\.\d{1,40})?$/

const Name = z.string().min(1).max(MAX_NAME_CHARS)
const Told = Name.nullish()
const Count = z.int().min(0)
const Decimal = z.string().regex(DECIMAL, 'expected dollars such as "0.42"')
const Moment = z
  .string()
  .refine((text) => isoInstant(text) !== null, 'expected a moment such as "2026-01-31T12:00:00Z"')
  .meta({ format: 'date-time' })

const UsageOfLine = z
  .strictObject(eachClass(() => Count.nullable()))
  .refine(({ output, reasoning }) => output === null || reasoning === null || reasoning <= output, {
    path: ['reasoning'],
    error: 'more than the output that contains it',
  })
  .describe(
    'Tokens in disjoint classes. null = unknown; for a class of the cache: its tokens are counted in `input`. `reasoning` is contained in `output`.',
  )

const CallOfLine = z.strictObject({
  id: Told.describe("The provider's id of the reply: what has the same id was billed once."),
  at: Moment.nullish(),
  model: Told.describe('Absent = that of the run.'),
  usage: UsageOfLine,
  requests: Count.nullish().describe('How many requests it stands for; absent = 1.'),
  incomplete: z.boolean().optional().describe('The counts are cut off.'),
  quality: z.enum(QUALITIES).optional().describe('Absent = that of the run.'),
  reportedCostUsd: Decimal.nullish(),
})

const ConditionsOfLine = z
  .strictObject({
    multiplier: z
      .union([z.number().positive(), z.literal(UNCAPPED)], 'expected a number above 0, or "uncapped"')
      .nullish()
      .describe('Resources given, as a multiple of the floor.'),
    host: Told,
    concurrency: z.int().min(1).nullish().describe('How many runs shared the host, this one among them.'),
  })
  .describe('Under what resources it ran.')

const ActionOfLine = z.strictObject({
  id: Told,
  call: Told.describe('The id of the call that asked for it.'),
  tool: Name,
  kind: z.enum(ACTION_KINDS),
  target: Told.describe('The file that is looked at or changed.'),
  returnedChars: Count.nullish().describe('Characters that came back.'),
})

/** A line of `run/1`: one run. What is absent is not recorded. */
export const RunLine = z.strictObject({
  schema: z.literal('run/1'),
  id: Name.describe('Tells it from all other runs.'),
  task: z.strictObject({ id: Told, benchmark: Told, repository: Told.describe('owner/name') }).nullish(),
  agent: Told,
  agentVersion: Told,
  model: Told,
  run: z.int().min(1).nullish().describe('Which of the repeats, from 1.'),
  usage: UsageOfLine.optional().describe('Absent = the sum of `perCall`.'),
  incomplete: z.boolean().optional().describe('The usage misses something: every total of it is "at least".'),
  calls: Count.nullish(),
  steps: Count.nullish(),
  costUsd: Decimal.nullish().describe('By our prices; not read, but computed anew.'),
  reportedCostUsd: Decimal.nullish().describe('As the source tells it.'),
  outcome: z.enum(OUTCOMES).nullish(),
  wallSeconds: z.number().min(0).nullish(),
  quality: z
    .enum(QUALITIES)
    .optional()
    .describe('Who counted: the wire, a log of a client, a local tokenizer. Absent = log.'),
  startedAt: Moment.nullish().describe('ISO 8601; without a zone it is UTC.'),
  conditions: ConditionsOfLine.nullish(),
  source: z
    .strictObject({ format: Name, sha256: Told })
    .nullish()
    .describe('Where an exported run came from.'),
  perCall: z.array(CallOfLine).optional().describe('In order.'),
  actions: z.array(ActionOfLine).optional().describe('What the agent did with tools, in order.'),
})

/** A line of `run/1`, checked. */
export type RunLine = z.infer<typeof RunLine>

/** The JSON Schema of a line of `run/1`. */
export function runSchema(): object {
  return z.toJSONSchema(RunLine, { io: 'input' })
}
