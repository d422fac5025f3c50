import { KnownError } from '../../errors.ts'

/** The address of a repository, in the one spelling under which it is matched, kept and fetched. */
export interface RepositoryUrl {
  /** Without a slash at its end. */
  readonly href: string
  readonly protocol: 'https' | 'http'
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
  /** From its first slash, without `.git` at its end. */
  readonly path: string
}

const LONGEST = 1000
/** Segments of letters, digits and a few signs: nothing escaped, no empty segment, no parameters. */
const PATH = /^(?:\/[\w.~+@-]+)+$/
/** The URL parser would drop or turn these, so that what is checked is not what was sent. */
const TURNED = /[\s\p{Cc}\\]/u

/**
 * Reads an address that a caller sent. The URL parser of the web brings hosts into one spelling: 0x7f.1 is 127.0.0.1.
 * @throws KnownError `repository-refused`
 */
export function parseRepositoryUrl(text: string): RepositoryUrl {
  if (text.length > LONGEST) throw refused(text, `it has more than ${LONGEST} characters`)
  if (TURNED.test(text)) throw refused(text, 'it has spaces, control characters or backslashes')
  if (!/^https?:\/\/[^/]/i.test(text)) throw refused(text, 'it does not begin with https://')
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) throw refused(text, 'it is not a URL')
  if (text.includes('?') || text.includes('#')) throw refused(text, 'it has parameters or a fragment')
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/]*@/i.test(text))
    throw refused(url.origin, 'it holds a user name or a password')
  if (url.hostname.endsWith('.')) throw refused(text, 'its host ends with a dot')
  const path = url.pathname.replace(/\/$/, '')
  if (!PATH.test(path)) throw refused(text, 'its path names no repository')
  const protocol = url.protocol === 'https:' ? 'https' : 'http'
  return {
    href: `${url.origin}${path}`,
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? { https: 443, http: 80 }[protocol] : Number(url.port),
    path: path.replace(/\.git$/, ''),
  }
}

const SHOWN = 200

/** The refusal of an address, with the reason. */
export const refused = (url: string, reason: string): KnownError =>
  new KnownError('repository-refused', `${JSON.stringify(url.slice(0, SHOWN))}: ${reason}`)

/** `owner/name`, where the path is just that; null for others. */
export const nameOfUrl = ({ path }: RepositoryUrl): string | null =>
  /^\/([^/]+\/[^/]+)$/.exec(path)?.[1] ?? null
