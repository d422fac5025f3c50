import { holdsRunKey } from '../runs/identity.ts'
import type { Upstream } from './upstream.ts'

/** Of one connection, and never passed on: RFC 9110, 7.6.1; and what this gateway says itself. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Who a client says it is, which is between it and the gateway. */
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'cookie'])

/** By which a server behind a proxy is told another method, path or host than those of the request. */
const DETOURS =
  /^(?:x-http-method(?:-override)?|x-method-override|x-original-(?:url|uri|host)|x-rewrite-url|x-host|x-real-ip|forwarded|x-forwarded-.*)$/

type Raw = readonly string[]

/** Names and values in turn, as Node gives and takes them, without those that end here. */
function passed(raw: Raw, isDropped: (name: string, value: string) => boolean): string[] {
  const listed = new Set(HOP_BY_HOP)
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() !== 'connection') continue
    for (const name of (raw[i + 1] ?? '').split(',')) listed.add(name.trim().toLowerCase())
  }
  const kept: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]]
    const lower = name.toLowerCase()
    if (!listed.has(lower) && !isDropped(lower, value)) kept.push(name, value)
  }
  return kept
}

/** The headers of a request as the provider gets them: the gateway's credentials in the place of the client's. */
export function upstreamHeaders(
  raw: Raw,
  upstream: Upstream,
  body: { readonly bytes: number; readonly isRewritten: boolean; readonly isPlainReply: boolean },
): string[] {
  const { url, key, provider } = upstream
  const ownsCredentials = key !== null
  const kept = passed(raw, (name, value) => {
    if (name === 'host' || name === 'content-length' || name === 'expect') return true
    if (DETOURS.test(name) || holdsRunKey(value)) return true
    if (name === 'content-encoding') return body.isRewritten
    if (name === 'accept-encoding') return body.isPlainReply
    return ownsCredentials && CREDENTIALS.has(name)
  })
  kept.push('Host', url.host)
  if (body.bytes > 0) kept.push('Content-Length', String(body.bytes))
  if (body.isPlainReply) kept.push('Accept-Encoding', 'identity')
  if (key !== null) kept.push(...CREDENTIAL[provider](key))
  return kept
}

const CREDENTIAL = {
  openai: (key: string) => ['Authorization', `Bearer ${key}`],
  anthropic: (key: string) => ['X-Api-Key', key],
  gemini: (key: string) => ['X-Goog-Api-Key', key],
} as const

/** The headers of a reply as the client gets them. @param secret what stands in none of them; null = there is nothing */
export const replyHeaders = (
  raw: Raw,
  { isRewritten, secret }: { readonly isRewritten: boolean; readonly secret: string | null },
): string[] =>
  passed(
    raw,
    (name, value) =>
      (isRewritten && (name === 'content-length' || name === 'content-encoding')) ||
      (secret !== null && (value.includes(secret) || name.includes(secret.toLowerCase()))),
  )

/** The value of a header of a reply, in lower case; null = it has none. */
export function contentHeader(raw: Raw, name: string): string | null {
  const at = raw.findIndex((each, i) => i % 2 === 0 && each.toLowerCase() === name)
  return at < 0 ? null : (raw[at + 1] ?? '').toLowerCase()
}
