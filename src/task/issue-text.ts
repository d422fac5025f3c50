import { isUtf8 } from 'node:buffer'
import { KnownError } from '../errors.ts'
import { ISSUE_LIMIT_BYTES } from './issue.ts'

/**
 * Collects the bytes of a stream and stops, releasing it, once there are more than an issue may have.
 * @throws KnownError `issue-too-large`
 */
export async function readBounded(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    parts.push(chunk)
    size += chunk.length
    if (size > ISSUE_LIMIT_BYTES) {
      const limit = ISSUE_LIMIT_BYTES.toLocaleString('en-US')
      throw new KnownError('issue-too-large', `${where} has more than the limit of ${limit} bytes`)
    }
  }
  return Buffer.concat(parts)
}

/**
 * Decodes UTF-8 and refuses anything else by the byte where it stops being text.
 * @throws KnownError `issue-not-text`
 */
export function decodeText(bytes: Uint8Array, where: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new KnownError('issue-not-text', `${where} is UTF-16`)
  }
  const nul = bytes.indexOf(0)
  if (nul >= 0)
    throw new KnownError('issue-not-text', `${where} has a NUL byte at offset ${nul}: it is binary`)
  if (!isUtf8(bytes)) throw new KnownError('issue-not-text', `${where} ${invalidByte(bytes)}`)
  return new TextDecoder('utf-8').decode(bytes)
}

function invalidByte(bytes: Uint8Array): string {
  const offset = firstInvalid(bytes)
  const byte = bytes[offset]
  if (byte === undefined) return `ends inside a UTF-8 sequence, at byte offset ${offset}`
  return `has invalid UTF-8 at byte offset ${offset} (0x${byte.toString(16).padStart(2, '0')})`
}

/** Length of the longest prefix that is UTF-8 or may still become it, by halving. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length + 1
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2)
    if (mayBecomeUtf8(bytes.subarray(0, middle))) valid = middle
    else invalid = middle
  }
  return valid
}

function mayBecomeUtf8(prefix: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(prefix, { stream: true })
    return true
  } catch {
    return false
  }
}
