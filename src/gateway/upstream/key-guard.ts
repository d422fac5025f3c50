import { MIN_SECRET_CHARS } from '../cassette/secret-pattern.ts'
import type { Reply } from '../exchange/reply-source.ts'
import { codingsOf, decodedBody } from '../wire/decoded-body.ts'
import type { ByteFilter } from '../wire/hide-usage.ts'
import { contentHeader } from './headers.ts'

/** Errors are shorter; of a longer one, nothing is passed on. */
const MOST_ERROR_BYTES = 1 << 20

/** Takes bytes of a reply, cut anywhere, and gives them out without the key. */
export interface KeyGuard extends ByteFilter {
  /** What comes out is not compressed any more. */
  readonly decodes: boolean
}

/** Lets everything pass as it is. */
export const OPEN: ByteFilter = { push: (bytes) => bytes, end: () => NOTHING }

/**
 * Keeps the provider's key from the client, and from what is kept of a reply: providers quote it where they refuse it. It
 * is overwritten in place, so that every other byte stays as and where it was. A compressed error is decoded to look into
 * it. Any other reply that is compressed is not looked into, and none is for a key too short to be told from a word.
 */
export function keyGuard({ status, headers, secret }: Reply): KeyGuard {
  if (secret === null || secret.length < MIN_SECRET_CHARS) return { ...OPEN, decodes: false }
  const codings = codingsOf(contentHeader(headers, 'content-encoding'))
  if (codings.length === 0) return { ...overwriting(secret), decodes: false }
  return status < 400 ? { ...OPEN, decodes: false } : { ...decoding(codings, secret), decodes: true }
}

function overwriting(secret: string): ByteFilter {
  const key = Buffer.from(secret)
  let held: Uint8Array = NOTHING
  return {
    push(bytes) {
      const whole = overwritten(held.length === 0 ? bytes : Buffer.concat([held, bytes]), key)
      const cut = whole.length - begunAtEnd(whole, key)
      held = whole.subarray(cut)
      return cut === whole.length ? whole : whole.subarray(0, cut)
    },
    end: () => held,
  }
}

function decoding(codings: readonly string[], secret: string): ByteFilter {
  const parts: Uint8Array[] = []
  let size = 0
  return {
    push(bytes) {
      size += bytes.length
      if (size <= MOST_ERROR_BYTES) parts.push(bytes)
      return NOTHING
    },
    end() {
      if (size > MOST_ERROR_BYTES) return UNREADABLE
      try {
        const plain = decodedBody(Buffer.concat(parts), codings, MOST_ERROR_BYTES)
        return overwritten(plain, Buffer.from(secret))
      } catch {
        return UNREADABLE // what cannot be looked into is not passed on
      }
    },
  }
}

const NOTHING = new Uint8Array(0)
const UNREADABLE = Buffer.from('Foretoken: the error of the provider cannot be read')
const STAR = 42

/** The very same bytes where the key is not in them. */
function overwritten(bytes: Uint8Array, key: Buffer): Uint8Array {
  const found = asBuffer(bytes).indexOf(key)
  if (found < 0) return bytes
  const copy = Buffer.from(bytes)
  for (let at = found; at >= 0; at = copy.indexOf(key, at)) copy.fill(STAR, at, at + key.length)
  return copy
}

/** How many bytes at the end may be the beginning of the key. */
function begunAtEnd(bytes: Uint8Array, key: Buffer): number {
  const end = asBuffer(bytes).subarray(-(key.length - 1))
  for (let at = end.indexOf(key.subarray(0, 1)); at >= 0; at = end.indexOf(key.subarray(0, 1), at + 1)) {
    if (end.subarray(at).equals(key.subarray(0, end.length - at))) return end.length - at
  }
  return 0
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
