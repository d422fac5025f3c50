import { setTimeout as delay } from 'node:timers/promises'
import { KnownError } from '../errors.ts'
import { refusal } from './github-refusal.ts'

/** How GitHub is reached; everything but the base and the signal has a default, tests replace them. */
export interface GithubAccess {
  /** Base URL of the REST API, such as `https://api.github.com` or `https://HOST/api/v3`. */
  readonly api: string
  readonly token?: string | undefined
  readonly signal: AbortSignal
  /** Of one attempt, headers and body. */
  readonly timeoutMs?: number
  readonly fetch?: typeof fetch
  /** Waits between attempts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

const ATTEMPTS = 3
const FIRST_WAIT_MS = 500
const TIMEOUT_MS = 10_000
const MAX_REDIRECTS = 3
/** JSON of the largest issue that is accepted, escapes included. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024

/**
 * Gets one resource of GitHub's REST API as text. Server failures and broken connections are tried again, redirects
 * followed within the API's own origin only, and the token is never sent anywhere else.
 * @throws KnownError `github-not-found`, `github-denied`, `github-failed`
 */
export async function getGithub(path: string, access: GithubAccess): Promise<string> {
  const url = new URL(`${access.api.replace(/\/+$/, '')}${path}`)
  const wait = access.wait ?? ((ms, signal) => delay(ms, undefined, { signal }))
  for (let attempt = 1; ; attempt++) {
    const answer = await followRedirects(url, access)
    if (answer instanceof KnownError) {
      access.signal.throwIfAborted()
      if (attempt === ATTEMPTS) throw answer
    } else {
      return answer
    }
    await wait(FIRST_WAIT_MS * 2 ** (attempt - 1), access.signal)
  }
}

/** The text, or a failure that is worth another attempt; any other failure is thrown. */
async function followRedirects(start: URL, access: GithubAccess): Promise<string | KnownError> {
  let url = start
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await request(url, access)
    if (!(answer instanceof URL)) return answer
    if (answer.origin !== start.origin) {
      throw new KnownError(
        'github-failed',
        `${url} redirects to another host, ${answer.origin}; not followed`,
      )
    }
    url = answer
  }
  throw new KnownError('github-failed', `${start} redirects more than ${MAX_REDIRECTS} times`)
}

async function request(url: URL, access: GithubAccess): Promise<string | URL | KnownError> {
  const timeoutMs = access.timeoutMs ?? TIMEOUT_MS
  const signal = AbortSignal.any([access.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const response = await (access.fetch ?? fetch)(url, {
      headers: headers(access),
      redirect: 'manual',
      signal,
    })
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel()
      return new URL(location, url)
    }
    const text = await boundedText(response, url)
    if (response.status >= 500) return new KnownError('github-failed', `${url} answered ${response.status}`)
    if (!response.ok) throw refusal(url, response, text)
    return text
  } catch (error) {
    if (error instanceof KnownError) throw error
    if (signal.aborted && !access.signal.aborted) {
      return new KnownError('github-failed', `${url} took longer than ${timeoutMs} ms`, { cause: error })
    }
    return new KnownError('github-failed', `${url}: ${causeOf(error)}`, { cause: error })
  }
}

function headers(access: GithubAccess): Record<string, string> {
  return {
    accept: 'application/vnd.github+json',
    'user-agent': 'foretoken',
    'x-github-api-version': '2022-11-28',
    ...(access.token ? { authorization: `Bearer ${access.token}` } : {}),
  }
}

async function boundedText(response: Response, url: URL): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    parts.push(chunk)
    size += chunk.length
    if (size > MAX_RESPONSE_BYTES) {
      throw new KnownError('issue-too-large', `${url} answered more than ${MAX_RESPONSE_BYTES} bytes`)
    }
  }
  return Buffer.concat(parts).toString('utf8')
}

/** `fetch` hides why a connection failed in the cause of its error. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
