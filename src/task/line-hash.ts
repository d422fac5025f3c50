import { BYTE_KIND, finishHash, HASH_PRIME, HASH_SEED } from './term.ts'

/** Shorter lines (`return None`, `else:`) stand in many places and quote none of them. */
export const MIN_QUOTABLE_BYTES = 18
/** Longer lines are data. */
const MAX_QUOTABLE_BYTES = 400

/**
 * Hash of a line without its white space, so that a quotation is recognised whatever its indentation; 0 for a line
 * too short or too long to tell. `bytes` is read from `start` to before `end`.
 */
export function hashLine(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < MIN_QUOTABLE_BYTES || end - start > MAX_QUOTABLE_BYTES) return 0
  let hash = HASH_SEED
  let length = 0
  let letters = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte <= 32) continue
    hash = Math.imul(hash ^ byte, HASH_PRIME)
    length++
    if (BYTE_KIND[byte] !== 0) letters++
  }
  return length >= MIN_QUOTABLE_BYTES && letters * 2 > length ? finishHash(hash) : 0
}
