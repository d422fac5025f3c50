import { ApiError } from './api-error.ts'

/** How long to try again, with what is worth it. */
export interface Persistence {
  readonly forMs: number
  readonly passes: (error: unknown) => boolean
}

const RETRY_MS = 500

/** Another moment may do. */
export const mayPass = (error: unknown): boolean => error instanceof ApiError && error.passes

/** Tries until it succeeds, or what is in the way will not pass, or not in time. @throws the last error */
export async function persist<T>(
  attempt: () => Promise<T>,
  { forMs, passes }: Persistence,
  signal: AbortSignal,
): Promise<T> {
  for (const since = performance.now(); ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (signal.aborted || !passes(error) || performance.now() - since > forMs) throw error
    }
    await pause(RETRY_MS, signal)
  }
}

/** Until then, or until the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  })
}
