import { z } from 'zod'
import { PROVIDERS } from '../endpoint.ts'

/** The form of cassettes that is written and read here. */
export const CASSETTE_SCHEMA = 'cassette/1'

/** Raised whenever the lenient key of the same request becomes another: keys of other rules are made anew. */
export const KEY_RULES = 2

const Key = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal')
const Ms = z.int('expected whole milliseconds').min(0)

/** The first line of a cassette. */
export const CassetteHeader = z.strictObject({
  schema: z.literal(CASSETTE_SCHEMA),
  keyRules: z.int().min(1).meta({
    description:
      'Which rules the lenient keys were made by; those of other rules are made anew when it is read.',
  }),
  recordedAt: z.string().optional().meta({ description: 'When the recording began: ISO 8601, UTC.' }),
})
export type CassetteHeader = z.infer<typeof CassetteHeader>

const RequestKeys = z
  .strictObject({
    strict: Key.meta({ description: 'Of all that is asked for.' }),
    lenient: Key.meta({
      description: 'Of the same without dates, ids, folders and whatever else changes from run to run.',
    }),
  })
  .readonly()
export type RequestKeys = z.infer<typeof RequestKeys>

const asked = {
  provider: z.enum(PROVIDERS),
  path: z.string().startsWith('/').meta({
    description: "Behind the provider's base URL, without a query: `/chat/completions`, `/v1/messages`.",
  }),
  query: z.string().meta({ description: 'Sorted by name, without keys and a question mark; mostly empty.' }),
  body: z.unknown().meta({
    description:
      'JSON with sorted members; null = none; a text where it was not JSON. Secrets are `[redacted]`.',
  }),
}

const Chunk = z
  .tuple([Ms, z.string()])
  .readonly()
  .meta({ description: 'Milliseconds since the chunk before (the first: since the request), and the text.' })
export type Chunk = z.infer<typeof Chunk>

const RecordedReply = z.strictObject({
  status: z.int().min(100).max(599),
  headers: z.record(z.string(), z.string()).readonly().meta({
    description: 'By their names in lower case; only those that tell a client something.',
  }),
  encoding: z.enum(['utf-8', 'base64']).meta({
    description: 'base64 = each chunk is encoded, since the body as a whole is not UTF-8 text.',
  }),
  chunks: z.array(Chunk).readonly().meta({
    description:
      'The body, decoded (gzip, br), as it came; one after the other they are exactly its bytes. Secrets are `[redacted]`.',
  }),
  endDelayMs: Ms.meta({ description: 'From the last chunk to the end.' }),
  ending: z.enum(['whole', 'cut']).meta({
    description: 'cut = the connection broke after the last chunk, and breaks there when it is replayed.',
  }),
})
export type RecordedReply = z.infer<typeof RecordedReply>

/** Every other line of a cassette: what was asked, and the reply. */
export const CassetteLine = z.strictObject({
  order: z.int().min(0).meta({
    description:
      'The how manieth it was to begin, from 0. Lines stand in the order in which the replies ended.',
  }),
  ...asked,
  keys: RequestKeys.optional().meta({
    description:
      'What a request is found by. Absent, or not that of the request (which was edited) = made anew.',
  }),
  reply: RecordedReply,
})
export type CassetteLine = z.infer<typeof CassetteLine>

/** A recorded exchange, with keys that fit it. */
export type Recorded = CassetteLine & { readonly keys: RequestKeys }

/** A cassette that was read. */
export interface Cassette {
  /** As it was named: for messages. */
  readonly file: string
  readonly header: CassetteHeader
  /** In the order in which they began. */
  readonly exchanges: readonly Recorded[]
  /** What a person should know about it, such as a last line that is cut off. */
  readonly notes: readonly string[]
}

/** The JSON Schema of the lines of a cassette. */
export const cassetteSchema = (): object => ({
  ...z.toJSONSchema(z.union([CassetteHeader, CassetteLine]), { io: 'input' }),
  title: 'Foretoken cassette: a line',
  description:
    'Recorded exchanges with providers, as JSON Lines in UTF-8: first a header, then one exchange per line.',
})
