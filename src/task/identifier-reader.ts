import { KEYWORD, keywordBits } from './keywords.ts'
import type { OutlineBuilder } from './outline-builder.ts'
import {
  BYTE_KIND,
  DIGIT,
  finishHash,
  HASH_PRIME,
  HASH_SEED,
  LOWER,
  MAX_TERM_BYTES,
  UNDERSCORE,
  UPPER,
} from './term.ts'

/** Reads identifiers into the terms of an outline: the whole and its parts, as `splitIdentifier` would cut it. */
export class IdentifierReader {
  /** Hash of the identifier read last. */
  word = 0
  readonly #outline: OutlineBuilder

  constructor(outline: OutlineBuilder) {
    this.#outline = outline
  }

  /**
   * Reads the identifier at `start` and adds it and its parts to the unit; returns the index after it. Long, because
   * this loop sees every letter: calls in place of its variables cost a third of the whole reading.
   */
  read(bytes: Uint8Array, start: number): number {
    const end = bytes.length
    const { terms } = this.#outline
    let whole = HASH_SEED
    let part = HASH_SEED
    let partStart = start
    let before = 0
    let at = start
    for (; at < end; at++) {
      const byte = bytes[at] as number
      const kind = BYTE_KIND[byte] as number
      if (kind === 0) break
      const starts =
        kind !== before &&
        before !== 0 &&
        (kind === UNDERSCORE || before === UNDERSCORE || kind === DIGIT || before === DIGIT || kind === UPPER)
      // In `HTMLParser` the last capital opens the next part.
      const opensWord =
        kind === UPPER && before === UPPER && at + 1 < end && BYTE_KIND[bytes[at + 1] as number] === LOWER
      if (starts || opensWord) {
        if (at - partStart > 1 && before !== UNDERSCORE && before !== DIGIT) terms.add(finishHash(part))
        part = HASH_SEED
        partStart = at
      }
      const lower = kind === UPPER ? byte | 0x20 : byte
      whole = Math.imul(whole ^ lower, HASH_PRIME)
      part = Math.imul(part ^ lower, HASH_PRIME)
      before = kind
    }
    this.word = finishHash(whole)
    if (partStart > start && at - partStart > 1 && before !== UNDERSCORE && before !== DIGIT) {
      terms.add(finishHash(part))
    }
    if (at - start > MAX_TERM_BYTES) return at
    if (at - start > 1) terms.add(this.word)
    this.#outline.tokens++
    if ((keywordBits(this.word) & KEYWORD.branch) !== 0) this.#outline.branches++
    return at
  }
}
