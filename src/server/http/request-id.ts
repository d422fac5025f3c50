import { randomBytes } from 'node:crypto'
import { withoutApiKeys } from '../../store/api-key-text.ts'

/** What a caller may call its request. */
const SAFE = /^[\w.:-]{1,100}$/

/** The caller's own id of a request, where it is harmless in a log; else a new one. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && SAFE.test(given) && withoutApiKeys(given) === given
    ? given
    : randomBytes(12).toString('base64url')
}
