import { isUtf8 } from 'node:buffer'
import { MAX_DEPTH } from '../../trajectory/is-too-deep.ts'
import { canonicalJson } from './canonical-json.ts'
import type { RequestKeys } from './cassette-file.ts'
import { parseShallow } from './parse-shallow.ts'
import type { Redactor } from './redactor.ts'
import { requestKeys, type Target } from './request-keys.ts'

/** What was asked, as it is kept: no secret is in it. */
export interface Asked extends Target {
  readonly query: string
  /** Canonical JSON; null = none; a text where it was not JSON. */
  readonly body: unknown
  readonly keys: RequestKeys
}

/** A request as it came: `query` with or without its question mark, and the body, decoded. */
export interface RequestAsCame {
  readonly target: Target
  readonly query: string
  readonly body: Uint8Array
}

/**
 * What a request asks, to record it or to find its reply. Secrets go before the keys are made: a replay with another
 * key, or with none, finds what was recorded.
 */
export function askedOf({ target, query, body }: RequestAsCame, redact: Redactor): Asked {
  const { provider } = target
  const path = redact.text(target.path)
  const kept = redact.text(canonicalQuery(query))
  const value = canonicalJson(redact.json(bodyValue(body)))
  return { provider, path, query: kept, body: value, keys: requestKeys({ provider, path }, kept, value) }
}

const KEYS_IN_QUERIES = /^(?:(?:x-)?(?:goog-)?api[-_]?key|key|(?:access_|auth_?)?token|sig|signature)$/i

function canonicalQuery(query: string): string {
  const asked = [...new URLSearchParams(query)].filter(([name]) => !KEYS_IN_QUERIES.test(name))
  const sorted = new URLSearchParams(asked)
  sorted.sort()
  return sorted.toString()
}

function bodyValue(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!isUtf8(buffer)) return buffer.toString('latin1')
  // What is no JSON the provider was asked all the same, and refused.
  return parseShallow(buffer, MAX_DEPTH) ?? buffer.toString()
}
