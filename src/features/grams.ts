import { finishHash, HASH_PRIME, HASH_SEED } from '../task/term.ts'

/** Hashed pieces of words: bucket → count. */
export type Bag = ReadonlyMap<number, number>

/** Buckets that pieces of words are hashed to. */
export const GRAM_BUCKETS = 1 << 14
/** Only so much text is hashed; what follows in a longer issue is nearly always output. */
const MAX_CHARS = 12_000

const WORD = /[a-z0-9_\u0080-\u{10ffff}]+/gu

/** Pieces of four characters inside words, their edges included: `_to_`, `orde`. Words of two make one piece. */
export function gramsOf(text: string): Bag {
  const bag = new Map<number, number>()
  for (const [word] of text.slice(0, MAX_CHARS).toLowerCase().matchAll(WORD)) {
    if (word.length > 1) addGrams(bag, ` ${word} `)
  }
  return bag
}

function addGrams(bag: Map<number, number>, padded: string): void {
  for (let at = 0; at + 4 <= padded.length; at++) {
    let hash = HASH_SEED
    for (let i = at; i < at + 4; i++) hash = Math.imul(hash ^ padded.charCodeAt(i), HASH_PRIME)
    const bucket = finishHash(hash) >>> 10
    bag.set(bucket, (bag.get(bucket) ?? 0) + 1)
  }
}
