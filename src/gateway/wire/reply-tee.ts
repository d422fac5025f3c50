import type { Call } from '../../usage/call.ts'
import type { DialectName } from '../../usage/dialects.ts'
import type { Endpoint } from '../endpoint.ts'
import { type BodyReader, MAX_READ_BYTES, messageOf, type ReplyTold, unknownCall } from './body-reader.ts'
import { codingsOf, decodedBody } from './decoded-body.ts'
import { NOTHING_SAID } from './reply-observer.ts'
import { streamReader } from './stream-reader.ts'
import { readWhole } from './whole-reader.ts'

/** The head of a reply, as it came from the provider. */
export interface ReplyHead {
  readonly asks: Endpoint['asks']
  readonly status: number
  /** The headers of these names; null = not sent. */
  readonly contentType: string | null
  readonly contentEncoding: string | null
}

/** Reads along with one reply. It may miscount, but it takes any bytes and never throws. */
export interface ReplyTee {
  /** The next bytes of the body, cut anywhere. They are kept, not copied: nobody may change them. */
  readonly push: (bytes: Uint8Array) => void
  /** What the reply told, or as much of it as came. */
  readonly end: () => ReplyTold
}

/**
 * A tee for one reply. A stream as it is, is read as it comes. What is coded, or is one JSON text, is kept and read at
 * its end: Node decodes the parts of a body only in another thread, and what they tell would come after the end.
 */
export function replyTee(head: ReplyHead): ReplyTee {
  const reader = readerOf(head)
  let broken: string | null = null
  return {
    push(bytes) {
      if (broken !== null) return
      try {
        reader.push(bytes)
      } catch (error) {
        broken = messageOf(error)
      }
    },
    end() {
      try {
        if (broken === null) return billed(reader.end(), head.status)
      } catch (error) {
        broken = messageOf(error)
      }
      return billed({ calls: [unknownCall()], facts: NOTHING_SAID, broken }, head.status)
    },
  }
}

/** An error is billed only where it tells a usage; what was not read whole is incomplete. */
function billed({ calls, facts, broken }: ReplyTold, status: number): ReplyTold {
  const known = status < 400 ? calls : calls.filter(isTold)
  return {
    calls: broken === null ? known : known.map((call) => ({ ...call, incomplete: true })),
    facts,
    broken,
  }
}

const isTold = ({ usage }: Call): boolean => Object.values(usage).some((count) => count !== null)

function readerOf({ asks, contentType, contentEncoding }: ReplyHead): BodyReader {
  switch (asks.kind) {
    case 'generate': {
      const codings = codingsOf(contentEncoding)
      const isStream = /^\s*text\/event-stream\b/i.test(contentType ?? '')
      if (isStream && codings.length === 0) return streamReader(asks.dialect)
      return keptReader(codings, (body) => readGenerated(asks.dialect, body, isStream))
    }
    case 'embed':
      return keptReader(codingsOf(contentEncoding), (body) => readWhole(null, body))
    case 'count':
    case 'list':
      return FREE
    default:
      return asks satisfies never
  }
}

const FREE: BodyReader = {
  push: () => {},
  end: () => ({ calls: [], facts: NOTHING_SAID, broken: null }),
}

/** Some servers do not say that a reply is a stream, but it begins like one. */
function readGenerated(dialect: DialectName, body: Uint8Array, isStream: boolean): ReplyTold {
  const beginning = Buffer.from(body.subarray(0, 100)).toString('latin1')
  if (!isStream && !/^\s*(?:data|event|id|retry)?:/.test(beginning)) return readWhole(dialect, body)
  const reader = streamReader(dialect)
  reader.push(body)
  return reader.end()
}

/** Keeps a body until all of it is there. */
function keptReader(codings: readonly string[], read: (body: Uint8Array) => ReplyTold): BodyReader {
  let kept: Uint8Array[] = []
  let bytes = 0
  return {
    push(piece) {
      bytes += piece.length
      if (bytes > MAX_READ_BYTES) kept = []
      else kept.push(piece)
    },
    end() {
      if (bytes > MAX_READ_BYTES) throw new Error(`the reply has more than ${MAX_READ_BYTES} bytes`)
      return read(decodedBody(Buffer.concat(kept), codings, MAX_READ_BYTES))
    },
  }
}
