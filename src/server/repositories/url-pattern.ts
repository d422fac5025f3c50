import { KnownError } from '../../errors.ts'
import { parseRepositoryUrl, type RepositoryUrl } from './repository-url.ts'

/** An address, or many, that the service may fetch. */
export interface UrlPattern {
  /** Such as `https://github.com/octo/*`: in the path `*` stands for one or more characters, slashes among them. */
  readonly url: string
  /** Its host may have a private address, or be this machine. */
  readonly private?: boolean
}

/** A pattern, made ready to be held against addresses. */
export interface UrlMatcher {
  readonly isPrivate: boolean
  readonly matches: (url: RepositoryUrl) => boolean
}

/** @throws KnownError `service-malformed` */
export function parseUrlPattern({ url: pattern, private: isPrivate = false }: UrlPattern): UrlMatcher {
  const { protocol, host, port, path } = exampleOf(pattern)
  const parts = path.split(STAND_IN)
  return {
    isPrivate,
    matches: (url) =>
      url.protocol === protocol && url.host === host && url.port === port && matchesParts(url.path, parts),
  }
}

/** Written in place of `*` while the pattern is read like an address. */
const STAND_IN = '~+@any@+~'

function exampleOf(pattern: string): RepositoryUrl {
  const [, origin, path] = /^(https?:\/\/[^/*]+)(\/.*)$/i.exec(pattern) ?? []
  const malformed = (why: string) =>
    new KnownError('service-malformed', `the allowed address ${JSON.stringify(pattern)}: ${why}`, {
      fix: 'write it like https://github.com/octo/*',
    })
  if (origin === undefined || path === undefined)
    throw malformed('it has no host and path, or a * in its host')
  if (path.includes('**')) throw malformed('it has ** where * is enough')
  try {
    return parseRepositoryUrl(`${origin}${path.replaceAll('*', STAND_IN)}`)
  } catch (error) {
    if (error instanceof KnownError) throw malformed(error.detail.slice(error.detail.lastIndexOf('": ') + 3))
    throw error
  }
}

/** Whether the parts follow each other in the text, from its start to its end, at least one character apart. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  // The earliest place is as good as any: it leaves most to what follows.
  for (const part of rest) {
    const found = text.indexOf(part, at + 1)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length > at && text.endsWith(last)
}
