import type { z } from 'zod'
import { MalformedRequest, type Mistake } from './problem.ts'

/** So many mistakes are told. */
const MOST_MISTAKES = 20

/** What was sent, as the schema says. @throws MalformedRequest with every mistake */
export function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new MalformedRequest(
    what,
    result.error.issues.slice(0, MOST_MISTAKES).map((issue) => mistakeOf(issue, [])),
  )
}

/** Of a union, the alternative that went furthest before it failed is the one that was meant. */
function mistakeOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): Mistake {
  const path = [...above, ...issue.path]
  const alternatives = issue.code === 'invalid_union' ? issue.errors.flatMap(([first]) => first ?? []) : []
  const meant = alternatives.toSorted((a, b) => b.path.length - a.path.length)[0]
  if (meant !== undefined) return mistakeOf(meant, path)
  return { pointer: pointerOf(path), detail: issue.message }
}

/** RFC 6901. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
