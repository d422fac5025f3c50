/** Beyond this many different terms a unit is data; further new terms are left out. */
const MAX_TERMS = 30_000
const MASK = 0xffff
const MAX_COUNT = 0xff

/** Counts terms: open addressing by the low 16 bits of their hash. */
export class TermTable {
  readonly #slots = new Uint32Array(MASK + 1)
  readonly #used = new Uint32Array(MAX_TERMS)
  #usedCount = 0

  get size(): number {
    return this.#usedCount
  }

  add(hash: number): void {
    const slots = this.#slots
    let slot = hash & MASK
    for (;;) {
      const held = slots[slot] as number
      if (held === 0) break
      if (held >>> 8 === hash) {
        if ((held & MAX_COUNT) !== MAX_COUNT) slots[slot] = held + 1
        return
      }
      slot = (slot + 1) & MASK
    }
    if (this.#usedCount >= MAX_TERMS) return
    slots[slot] = ((hash << 8) | 1) >>> 0
    this.#used[this.#usedCount++] = slot
  }

  /** Writes `hash << 8 | count` of each term, first seen first, into `words` from `at`, and forgets them. */
  moveTo(words: Uint32Array, at: number): void {
    const slots = this.#slots
    for (let i = 0; i < this.#usedCount; i++) {
      const slot = this.#used[i] as number
      words[at + i] = slots[slot] as number
      slots[slot] = 0
    }
    this.#usedCount = 0
  }
}
