import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether a browser sends it for a page of another site. `Sec-Fetch-Site` is the browser's own word, which no page can
 * change; `Origin` is looked at where it is missing. What is no browser sends neither.
 */
export function isFromElsewhere(headers: IncomingHttpHeaders, publicUrl: string | null): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin, host } = headers
  if (origin === undefined) return false
  // `null` is what a sandboxed page, or a file, says.
  if (!URL.canParse(origin)) return true
  const from = new URL(origin)
  if (publicUrl !== null && from.origin === new URL(publicUrl).origin) return false
  const own = `${from.protocol}//${host ?? ''}`
  return !URL.canParse(own) || new URL(own).origin !== from.origin
}

/** Whether the name that was asked for can be no other's: an address, or localhost. A page can rebind all others. */
export function isOwnName({ host = '' }: IncomingHttpHeaders): boolean {
  const { hostname } = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : { hostname: '' }
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
}

/** Whether it came through a proxy, which speaks for others: they are not from this machine. */
export const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined)

/** Whether a method changes nothing (RFC 9110, 9.2.1). */
export const isSafe = (method: string): boolean =>
  method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
