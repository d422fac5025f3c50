import { isObject } from './canonical-json.ts'

/**
 * Members of a body that ask for nothing in the reply, and differ between runs or clients. What a provider keeps
 * (`store`), bills (`service_tier`) or answers by (everything else) stays: it was asked for.
 */
const UNASKED = new Set([
  // Names of the end user, for the provider's watch against abuse: opaque, and never shown to the model.
  'user',
  'safety_identifier',
  // Chooses the machine whose cache is tried; the reply is the same from any.
  'prompt_cache_key',
  // What the client says of itself: its installation, its window, its session.
  'client_metadata',
  // Usage in streams, which the gateway asks for and hides itself, and padding against eavesdroppers.
  'stream_options',
])

/** Anthropic's name of the end user; some clients put the session there. Other metadata is the caller's own. */
const UNASKED_METADATA = 'user_id'

/** A body without what does not ask for anything. */
export function withoutUnasked(body: unknown): unknown {
  if (!isObject(body)) return body
  const { metadata, ...rest } = body
  const asked = Object.entries(rest).filter(([name]) => !UNASKED.has(name))
  if (metadata === undefined) return Object.fromEntries(asked)
  if (!isObject(metadata)) return Object.fromEntries([...asked, ['metadata', metadata]])
  const kept = Object.entries(metadata).filter(([name]) => name !== UNASKED_METADATA)
  return Object.fromEntries(kept.length === 0 ? asked : [...asked, ['metadata', Object.fromEntries(kept)]])
}
