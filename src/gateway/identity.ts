import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What keys of runs begin with: no provider's do. */
const PREFIX = 'ftk_'

/** A key that nobody can guess. */
export const newRunKey = (): string => `${PREFIX}${randomBytes(24).toString('base64url')}`

/** Keys are looked up by their hash, so that how long it takes tells nothing of them. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('base64')

/** A target as a client sent it, taken apart as it stands: nothing is decoded, nothing resolved. */
export interface Target {
  /** The key in `/run/KEY/…`; null = none. */
  readonly key: string | null
  /** Behind it, without the query. */
  readonly path: string
  /** With its `?`, or empty; keys in it are left out. */
  readonly query: string
}

/** Null = not a path: such as `http://…`, which asks for a proxy, and `*`. */
export function targetOf(url: string): Target | null {
  if (!url.startsWith('/') || url.startsWith('//')) return null
  const at = url.indexOf('?')
  const whole = at < 0 ? url : url.slice(0, at)
  const [, key = null, rest] = /^\/run\/([\w-]{1,100})(\/.*)$/s.exec(whole) ?? []
  return { key, path: rest ?? whole, query: withoutKeys(at < 0 ? '' : url.slice(at)) }
}

/** Gemini takes its key in the query too. */
function withoutKeys(query: string): string {
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !/^key(=|$)/i.test(part))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** The run's key, where a client sent it as its API key; null = it sent another one, or none. */
export function keyInHeaders(headers: IncomingHttpHeaders): string | null {
  const told = [
    /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1],
    headers['x-api-key'],
    headers['x-goog-api-key'],
    headers['api-key'],
  ]
  const key = told.find((value): value is string => typeof value === 'string' && value.startsWith(PREFIX))
  return key ?? null
}
