import { InfraError } from '../local/infra-error.ts'

/** What the server of the cluster refused, or that it cannot be asked. */
export class ApiError extends InfraError {
  /** Of HTTP; null = there was no answer. */
  readonly status: number | null
  /** Another moment may do. */
  readonly passes: boolean

  constructor(message: string, { status, passes }: { status: number | null; passes: boolean }) {
    super(message)
    this.status = status
    this.passes = passes
  }
}

/** @throws ApiError where the server or the way to it does; anything else that is thrown is a bug */
export async function asked<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw apiErrorOf(what, error) ?? error
  }
}

/** An answer of the server as one sentence, or that there was none; null = it is neither. */
export function apiErrorOf(what: string, error: unknown): ApiError | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'number' && 'body' in error)
    return refusal(what, error.code, error.body)
  const cause = error.cause instanceof Error ? error.cause : error
  const hasCode = 'code' in cause && typeof cause.code === 'string' && !cause.code.startsWith('ERR_INVALID')
  if (hasCode || error.message === 'fetch failed')
    return new ApiError(`${what}: the server does not answer: ${cause.message}`, {
      status: null,
      passes: true,
    })
  // The client's own: credentials that cannot be had, a kubeconfig that contradicts itself.
  if (error.constructor !== Error) return null
  return new ApiError(`${what}: ${error.message}`, { status: null, passes: false })
}

function refusal(what: string, status: number, body: unknown): ApiError {
  const { reason, message } = saidIn(body)
  const said = [String(status), reason].filter(Boolean).join(' ')
  const passes = status === 429 || status >= 500
  return new ApiError(`${what}: ${said}: ${message ?? 'no more was said'}`, { status, passes })
}

/** A `Status` of the API; proxies in between answer in other forms. */
function saidIn(body: unknown): { readonly reason: string | null; readonly message: string | null } {
  const status = typeof body === 'string' ? parsed(body) : body
  const text = (key: 'reason' | 'message') => {
    const value: unknown = typeof status === 'object' && status !== null ? Reflect.get(status, key) : null
    return typeof value === 'string' ? value : null
  }
  return {
    reason: text('reason'),
    message: text('message') ?? (typeof body === 'string' ? body.trim() : null),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
