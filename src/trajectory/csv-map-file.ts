import { z } from 'zod'
import { checkShape } from '../json.ts'
import { QUALITIES } from '../usage/call.ts'
import { UNCAPPED } from './conditions.ts'
import { OUTCOMES } from './run.ts'

const MAX_CHARS = 1000

const Column = z
  .string()
  .min(1)
  .max(MAX_CHARS)
  .describe(
    'A column of the CSV by its heading; of JSON Lines a member by its name, or a JSON pointer ("/usage/input").',
  )

/** What stands for each text of a column. Null = unknown. */
const tableOf = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    column: Column,
    values: z.record(z.string(), value.nullable()).describe('What stands for which text; null = unknown.'),
    otherwise: value.nullable().optional().describe('For all other texts; absent = they are a mistake.'),
  })

const Name = z.string().min(1).max(MAX_CHARS)
const Text = z.union([
  Column,
  z.strictObject({ value: Name.describe('The same for all.') }),
  z.strictObject({
    column: Column,
    values: z.record(z.string(), Name.nullable()).describe('What stands for which text; null = unknown.'),
    otherwise: z
      .null()
      .optional()
      .describe('null: all other texts are unknown; absent: they stay as they are.'),
  }),
])
const Count = z.union([Column, z.strictObject({ value: z.int().min(0) })])
const Flag = z.union([Column, tableOf(z.boolean())])
const Outcome = tableOf(z.enum(OUTCOMES))
const Quality = z.union([z.strictObject({ value: z.enum(QUALITIES) }), tableOf(z.enum(QUALITIES))])
const Seconds = z.union([
  Column.describe('In seconds.'),
  z.strictObject({ column: Column, unit: z.enum(['ms', 's', 'min', 'h']) }),
])
const Moment = z.union([
  Column.describe('ISO 8601, UTC where it names no zone, or seconds since 1970.'),
  z.strictObject({ column: Column, unit: z.enum(['ms', 's']).describe('Since 1970, of a number.') }),
])

const Multiple = z.union(
  [z.number().positive(), z.literal(UNCAPPED)],
  'expected a number above 0, or "uncapped"',
)
const Multiplier = z.union([
  Column.describe('Numbers, or "uncapped".'),
  z.strictObject({ value: Multiple }),
  tableOf(Multiple),
])

const UsageFields = z
  .strictObject({
    input: Count.optional(),
    inputIncludesCache: z
      .boolean()
      .optional()
      .describe(
        'Whether `input` contains what the columns of the cache count; it is then taken out where they are known.',
      ),
    cacheRead: Count.optional(),
    cacheWrite5m: Count.optional().describe(
      'Also where the source tells cache writes without their time to live.',
    ),
    cacheWrite1h: Count.optional(),
    output: Count.optional().describe('With the reasoning in it.'),
    reasoning: Count.optional(),
  })
  .refine(
    (usage) =>
      usage.inputIncludesCache !== undefined ||
      (usage.cacheRead ?? usage.cacheWrite5m ?? usage.cacheWrite1h) === undefined,
    { path: ['inputIncludesCache'], error: 'say true or false: there are columns of the cache' },
  )

const CallFields = z.strictObject({
  list: Column.optional().describe('Where the list of the calls of a run is; not with "row": "call".'),
  order: Count.optional().describe('The place of the call in its run; absent = as they stand.'),
  id: Text.optional().describe("The provider's id of the reply."),
  at: Moment.optional(),
  model: Text.optional().describe('Absent = that of the run.'),
  usage: UsageFields,
  requests: Count.optional().describe('How many requests it stands for; absent = 1.'),
  incomplete: Flag.optional().describe('Whether the counts were cut off.'),
  reportedUsd: Column.optional(),
})

const MapFile = z
  .strictObject({
    $schema: z.string().max(MAX_CHARS).optional(),
    schema: z.literal('map/1'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'expected a short name such as "my-runs"')
      .describe('Kept with each run.'),
    identity: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'expected a short name such as "my-runs"')
      .optional()
      .describe('What maps have in common that tell of the same runs by the same keys; absent = the name.'),
    description: z.string().max(MAX_CHARS).optional().describe('For people.'),
    rows: z.enum(['csv', 'jsonl']),
    separator: z.string().length(1).optional().describe('Of a CSV; absent = a comma.'),
    row: z
      .enum(['run', 'call'])
      .optional()
      .describe('What a row tells of; calls with the same key are put together to a run. Absent = run.'),
    unknown: z
      .array(z.string().max(MAX_CHARS))
      .optional()
      .describe('Texts that mean unknown, such as "NA"; what is blank or null is unknown anyway.'),
    key: z.array(Text).min(1).describe('What tells a run from all others, in parts.'),
    task: z
      .strictObject({
        id: Text.optional(),
        benchmark: Text.optional(),
        repository: Text.optional().describe('owner/name; absent = from the id of a task of SWE-bench.'),
      })
      .optional(),
    agent: Text.optional(),
    agentVersion: Text.optional(),
    model: Text.optional(),
    run: Count.optional().describe('Which of the repeats, from 1.'),
    usage: UsageFields.optional().describe('Of the whole run; not with "row": "call".'),
    incomplete: Flag.optional().describe('Whether the usage misses something.'),
    calls: Count.optional(),
    steps: Count.optional(),
    outcome: z
      .union([Outcome, z.array(Outcome).min(1)])
      .optional()
      .describe('Of several the first one that knows.'),
    wallSeconds: Seconds.optional(),
    startedAt: Moment.optional(),
    reportedUsd: Column.optional().describe('Dollars.'),
    conditions: z
      .strictObject({
        multiplier: Multiplier.optional().describe('Resources given, as a multiple of the floor.'),
        host: Text.optional(),
        concurrency: Count.optional().describe('How many runs shared the host, this one among them.'),
      })
      .optional()
      .describe('Under what resources a run ran.'),
    quality: Quality.optional().describe('Who counted; absent = log.'),
    perCall: CallFields.optional(),
  })
  .refine(({ row, usage }) => row !== 'call' || usage === undefined, {
    path: ['usage'],
    error: 'of a row that tells of a call, give the usage in perCall',
  })
  .refine(
    ({ row, perCall }) =>
      row === 'call' ? perCall !== undefined : perCall === undefined || perCall.list !== undefined,
    {
      path: ['perCall'],
      error: 'give it with a list, or with "row": "call"',
    },
  )
  .refine(({ row, perCall }) => row !== 'call' || perCall?.list === undefined, {
    path: ['perCall', 'list'],
    error: 'a row that tells of one call has no list of calls',
  })

/** Which column of a table is what of a run. */
export type RunMap = z.infer<typeof MapFile>

export type TextField = z.infer<typeof Text>
export type CountField = z.infer<typeof Count>
export type FlagField = z.infer<typeof Flag>
export type OutcomeField = z.infer<typeof Outcome>
export type QualityField = z.infer<typeof Quality>
export type MultiplierField = z.infer<typeof Multiplier>
export type SecondsField = z.infer<typeof Seconds>
export type MomentField = z.infer<typeof Moment>
export type UsageFields = z.infer<typeof UsageFields>
export type CallFields = z.infer<typeof CallFields>

/** Checks a map; `file` is named in messages. @throws KnownError `bad-setting`, naming every mistake by its JSON pointer */
export function parseMap(json: unknown, file: string): RunMap {
  return checkShape(MapFile, json, file, 'map-malformed')
}

/** The JSON Schema of a map. */
export function mapSchema(): object {
  return { ...z.toJSONSchema(MapFile, { io: 'input' }), title: 'Foretoken map of a table' }
}
