/** What keeps a sandbox from being made or ended: a fact about the run, and nobody's bug. */
export class InfraError extends Error {
  override readonly name = 'InfraError'
}

/** Why, where it is the infrastructure's doing: ours, or what the system or a program of it refused. Null = it is a bug. */
export function infraReasonOf(error: unknown): string | null {
  if (error instanceof InfraError) return error.message
  return error instanceof Error && 'code' in error && !String(error.code).startsWith('ERR_')
    ? error.message
    : null
}
