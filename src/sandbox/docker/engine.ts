import type Docker from 'dockerode'
import { infraReasonOf } from '../local/infra-error.ts'

export type Engine = Docker

const DEFAULT_SOCKET = '/var/run/docker.sock'

/** The socket that `DOCKER_HOST` names; null = an engine elsewhere, whose processes cannot be seen from here. */
export function engineSocket(host: string | undefined): string | null {
  if (host === undefined || host === '') return DEFAULT_SOCKET
  return host.startsWith('unix://') ? host.slice('unix://'.length) : null
}

/** The client is loaded only where it is used: it is large. */
export async function connectTo(socketPath: string): Promise<Engine> {
  const { default: Client } = await import('dockerode')
  return new Client({ socketPath })
}

/** What the engine answered, that it did not, or what the system refused, as a fact about the run. @throws what is a bug */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error
  if ('statusCode' in error) return answerOf(error)
  if (error.name === 'AbortError') return 'the engine did not answer in time'
  const reason = infraReasonOf(error)
  if (reason === null) throw error
  return reason
}

/** The client puts its own words around those of the engine. */
function answerOf(error: Error): string {
  const { json } = error as Error & { json?: unknown }
  const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : null
  return typeof message === 'string' ? message : error.message
}

/** The engine says that there is no such thing. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 404
