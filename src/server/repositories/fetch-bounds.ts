import { KnownError } from '../../errors.ts'
import { folderBytes } from './folder-bytes.ts'
import { refused } from './repository-url.ts'

/** How long a fetch may take and how much it may bring. */
export interface FetchBounds {
  readonly timeoutMs: number
  readonly mostBytes: number
}

/** What is fetched, where to, and who may end it. */
export interface BoundedFetch {
  readonly href: string
  readonly directory: string
  readonly signal: AbortSignal
}

const LOOK_MS = 100

/**
 * Runs `work` with a signal that ends it when it takes too long or the folder has grown too large; returns with its
 * value the bytes that are in the folder then.
 * @throws KnownError `repository-failed`, `repository-refused`; what `work` throws
 */
export async function withinBounds<Value>(
  { href, directory, signal }: BoundedFetch,
  { timeoutMs, mostBytes }: FetchBounds,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<{ readonly value: Value; readonly bytes: number }> {
  const bound = new AbortController()
  const tooLarge = () => refused(href, `it is larger than ${mostBytes.toLocaleString('en-US')} bytes`)
  const timer = setTimeout(() => bound.abort(tookTooLong(href, timeoutMs)), timeoutMs)
  let look: NodeJS.Timeout | undefined
  const watch = (): void => {
    look = setTimeout(() => {
      folderBytes(directory).then(
        (bytes) => (bytes > mostBytes ? bound.abort(tooLarge()) : bound.signal.aborted || watch()),
        (error: unknown) => bound.abort(error),
      )
    }, LOOK_MS)
  }
  watch()
  try {
    const value = await work(AbortSignal.any([signal, bound.signal]))
    const bytes = await folderBytes(directory)
    if (bytes > mostBytes) throw tooLarge()
    return { value, bytes }
  } finally {
    clearTimeout(timer)
    bound.abort() // a look under way starts no other
    clearTimeout(look)
  }
}

/** The failure of what did not end in time. */
const tookTooLong = (href: string, timeoutMs: number): KnownError =>
  new KnownError('repository-failed', `${href}: it took longer than ${timeoutMs / 1000} seconds`)
