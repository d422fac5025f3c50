import { isMembers } from '../../trajectory/json-head.ts'
import { DIALECTS, type DialectName } from '../../usage/dialects.ts'
import { embeddingsCalls } from '../../usage/embeddings.ts'
import { messageOf, type ReplyTold, unknownCall } from './body-reader.ts'
import { NOTHING_SAID, observeMessage } from './reply-observer.ts'
import { textOr } from './request-content.ts'

/** Counts and observes a reply that is one JSON text; without a dialect it is one of an embeddings API. */
export function readWhole(dialect: DialectName | null, bytes: Uint8Array): ReplyTold {
  const body = parseOrNull(new TextDecoder().decode(bytes))
  if (body === null) return { calls: [unknownCall()], facts: NOTHING_SAID, broken: 'the reply is not JSON' }
  const facts = dialect === null ? NOTHING_SAID : observeMessage(dialect, body)
  try {
    const calls = dialect === null ? embeddingsCalls(body) : DIALECTS[dialect].message(body)
    return { calls, facts, broken: null }
  } catch (error) {
    const { id, model } = isMembers(body) ? body : {}
    const call = unknownCall({ id: textOr(id, null), model: textOr(model, null) })
    return { calls: [call], facts, broken: messageOf(error) }
  }
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // told as broken
  }
}
