import { KnownError } from '../../errors.ts'
import type { ToldFailure } from './forecast-messages.ts'

/** What was thrown, as a message between threads: classes do not survive the way. */
export function toldFailure(error: unknown): ToldFailure {
  if (error instanceof KnownError) {
    const { code, detail, fix, problems } = error
    return { say: 'failed', code, detail, fix, problems }
  }
  return { say: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** What was told, as it was thrown. */
export function failureTold(told: ToldFailure): Error {
  if (told.say === 'failed')
    return new KnownError(told.code, told.detail, { fix: told.fix, problems: told.problems })
  return new Error(`a forecast failed in its thread: ${told.stack}`)
}
