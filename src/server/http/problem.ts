import { ERRORS, KnownError } from '../../errors.ts'
import { withoutApiKeys } from '../../store/api-key-text.ts'
import type { Problem } from '../schemas/problem-schema.ts'

/** The media type of failures (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json'

/** A mistake in what was sent, by its place. */
export interface Mistake {
  readonly pointer: string
  readonly detail: string
}

/** What was sent does not have the shape it should have. */
export class MalformedRequest extends KnownError {
  readonly mistakes: readonly Mistake[]

  constructor(what: string, mistakes: readonly Mistake[]) {
    const [first] = mistakes
    const rest = mistakes.length > 1 ? `, and ${mistakes.length - 1} more` : ''
    super('request-malformed', `${what}: ${first?.pointer || '/'}: ${first?.detail}${rest}`)
    this.mistakes = mistakes
  }
}

/** The document that a failure is told by; anything unexpected is told as a bug, without what it said. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof KnownError)) {
    return {
      type: '/docs#problem-bug',
      title: 'This is a bug',
      status: 500,
      detail: 'the request could not be answered',
      code: 'bug',
      fix: `report it, with the request id ${requestId}`,
      requestId,
    }
  }
  const { code, detail, fix, status } = error
  const errors = mistakesOf(error)
  return {
    type: `/docs#problem-${code}`,
    title: ERRORS[code].title,
    status,
    // Whoever calls may have put a key where none belongs, and problems are passed on.
    detail: withoutApiKeys(detail),
    code,
    fix,
    requestId,
    ...(errors.length === 0 ? {} : { errors }),
  }
}

/** Of more mistakes, nobody reads the rest. */
const MOST_PROBLEMS = 100

function mistakesOf(error: KnownError): { pointer: string; detail: string }[] {
  if (error instanceof MalformedRequest) return [...error.mistakes]
  return error.problems
    .slice(0, MOST_PROBLEMS)
    .map(({ pointer, found, fix }) => ({ pointer, detail: `${found}: ${fix}` }))
}
