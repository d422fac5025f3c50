import { z } from 'zod'

/** Names of agents, models, tasks: what is longer, or has control characters, is none. */
const NAME = '^[^\\u0000-\\u001f\\u007f-\\u009f]+$'

export const Name = z
  .string()
  .min(1)
  .max(200)
  .regex(new RegExp(NAME, 'u'), 'expected a name without control characters')

/** `owner/name`. */
export const RepositoryName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][\w.-]*\/[\w.-]+$/, 'expected owner/name')

/** What git takes for a commit, a tag or a branch, as far as the service lets it. */
export const CommitName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][\w./-]*$/, 'expected a commit, a tag or a branch')

/** Dollars: money is a decimal in a string; a number is taken too. */
export const Dollars = z.union([
  z.number().positive().max(1_000_000_000),
  z.string().regex(/^(?!0*(\.0*)?$)\d{1,9}(\.\d{1,12})?$/, 'expected dollars above 0, such as "1.50"'),
])

/** ISO 8601 in UTC. */
export const Instant = z.iso.datetime()

/** Where a list goes on. */
export const Cursor = z
  .string()
  .max(300)
  .regex(/^[\w-]+$/, 'expected the "next" of an earlier answer')
  .meta({ description: '`next` of the answer before' })

export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(200)
  .default(50)
  .meta({ description: 'so many at most', type: 'integer' })
