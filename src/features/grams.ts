import { finishHash, HASH_PRIME, HASH_SEED } from '../task/term.ts'

/** Hashed pieces of words: bucket → count. */
export type Bag = ReadonlyMap<number, number>

/** Buckets that pieces of words are hashed to. */
export const GRAM_BUCKETS = 1 << 14
/** Only so much text is hashed; what follows in a longer issue is nearly always output. */
const MAX_CHARS = 12_000

const SPACE = 32

/** Pieces of four characters inside words, their edges included: `_to_`, `orde`. Words of two make one piece. */
export function gramsOf(text: string): Bag {
  const bag = new Map<number, number>()
  const lower = text.slice(0, MAX_CHARS).toLowerCase()
  for (let start = 0; start < lower.length; ) {
    const end = wordEnd(lower, start)
    if (end - start > 1) addGrams(bag, lower, start, end)
    start = end + 1
  }
  return bag
}

/** Index after the small letters, digits, underscores and anything above ASCII from `start`. */
function wordEnd(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const inWord = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95 || code >= 128
    if (!inWord) break
  }
  return at
}

/** A space stands before and after the word. */
function addGrams(bag: Map<number, number>, text: string, start: number, end: number): void {
  for (let at = start - 1; at + 3 <= end; at++) {
    let hash = HASH_SEED
    for (let i = at; i < at + 4; i++) {
      const code = i < start || i >= end ? SPACE : text.charCodeAt(i)
      hash = Math.imul(hash ^ code, HASH_PRIME)
    }
    const bucket = finishHash(hash) >>> 10
    bag.set(bucket, (bag.get(bucket) ?? 0) + 1)
  }
}
