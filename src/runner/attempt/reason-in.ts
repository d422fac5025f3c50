import { KnownError } from '../../errors.ts'

/** Why something could not be made here, as a fact about the attempt. @throws what is a bug */
export function reasonIn(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'the run was stopped'
  if (error instanceof KnownError) return error.message
  if (error instanceof Error && 'syscall' in error) return error.message
  throw error
}
