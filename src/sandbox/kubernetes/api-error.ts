import { InfraError } from '../local/infra-error.ts'

/** What the server of the cluster refused, or that it cannot be reached. */
export class ApiError extends InfraError {
  /** Of HTTP; null = there was no answer. */
  readonly status: number | null

  constructor(message: string, status: number | null) {
    super(message)
    this.status = status
  }

  /** Another moment may do. */
  get passes(): boolean {
    return this.status === null || this.status === 429 || this.status >= 500
  }
}

/** @throws ApiError where the server does; anything else that is thrown is a bug */
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
  if ('code' in error && typeof error.code === 'number' && 'body' in error) {
    const { reason, message } = statusOf(error.body)
    return new ApiError(
      `${what}: ${error.code} ${reason ?? ''}: ${message ?? 'no more was said'}`,
      error.code,
    )
  }
  const cause = error.cause instanceof Error ? error.cause : error
  const unreachable =
    'code' in cause &&
    typeof cause.code === 'string' &&
    /^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|\w+_CERT\w*)$/.test(cause.code)
  if (unreachable || /^fetch failed$/.test(error.message))
    return new ApiError(`${what}: the server does not answer: ${cause.message}`, null)
  return null
}

function statusOf(body: unknown): { readonly reason: string | null; readonly message: string | null } {
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
    // Proxies answer in other forms.
    return null
  }
}
