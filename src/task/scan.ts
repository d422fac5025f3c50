import type { Family } from './language.ts'
import { hashLine } from './line-hash.ts'
import { OUTLINE_VERSION, type Outline, UNIT_WORDS } from './outline.ts'
import {
  BYTE_KIND,
  DIGIT,
  finishHash,
  HASH_PRIME,
  HASH_SEED,
  hashTerm,
  LOWER,
  MAX_TERM_BYTES,
  UNDERSCORE,
  UPPER,
} from './term.ts'

const hashes = (words: string): ReadonlySet<number> => new Set(words.split(' ').map(hashTerm))

const DEFINERS: Readonly<Record<Family, ReadonlySet<number>>> = {
  indent: hashes('def class cdef cpdef'),
  brace: hashes(
    'function class interface struct enum trait impl func fn type namespace object record def sub',
  ),
  end: hashes('def class module defmodule defp function'),
  prose: new Set(),
}
const MODIFIERS = hashes(
  'async export default public private protected static final abstract pub const unsafe extern inline virtual override open sealed internal partial local data suspend',
)
const BRANCHES = hashes('if elif else for while case catch except match when and or switch unless rescue')
const CONTROL = hashes(
  'if for while switch catch else do try return synchronized with using lock foreach match',
)
const IMPORTERS = hashes('import from require include use using extends')

const NEWLINE = 10
const OPEN_PAREN = 40
const CLOSE_PAREN = 41
const DOT = 46
const SLASH = 47
const COLON = 58
const OPEN_BRACE = 123

/** Beyond this many different terms a unit is data; further new terms are left out. */
const MAX_UNIT_TERMS = 30_000

/**
 * Reads source code once, byte by byte, into an {@link Outline}. One scanner is reused for many files, since its
 * tables are large; it holds no state between files. Comments and strings count as terms: they use the words.
 */
export class Scanner {
  // The term table of the unit being read: open addressing by the hash's low 16 bits.
  readonly #slots = new Uint32Array(1 << 16)
  readonly #used = new Uint32Array(MAX_UNIT_TERMS + 1)
  #usedCount = 0

  #out = new Uint32Array(1 << 16)
  #outLength = 0
  #units: number[] = []
  #imports: number[] = []
  #quotable: number[] = []
  #unitTokens = 0
  #unitBranches = 0
  #branches = 0
  #unitName = 0
  #unitLine = 0

  // The hash of the identifier read last, and where it ended.
  #word = 0

  scan(bytes: Uint8Array, family: Family): Outline {
    this.#reset()
    const lines = this.#readLines(bytes, family)
    this.#endUnit(lines + 1)
    return this.#assemble(lines)
  }

  #reset(): void {
    this.#units = []
    this.#imports = []
    this.#quotable = []
    this.#outLength = 0
    this.#branches = 0
    this.#unitName = 0
    this.#unitLine = 1
  }

  #readLines(bytes: Uint8Array, family: Family): number {
    const end = bytes.length
    let line = 1
    let at = 0
    while (at < end) {
      const start = at
      at = this.#readLine(bytes, start, line, family)
      const quotable = hashLine(bytes, start, at)
      if (quotable !== 0) this.#quotable.push(quotable)
      if (at < end) line++
      at++
    }
    return bytes[end - 1] === NEWLINE ? line - 1 : line
  }

  /** Reads one line from `start`; returns the index of its line feed, or of the end. */
  #readLine(bytes: Uint8Array, start: number, line: number, family: Family): number {
    const end = bytes.length
    const definers = DEFINERS[family]
    let leading = true // only white space and modifiers so far
    let words = 0
    let firstWord = 0
    let beforeParen = 0
    let last = 0
    let at = start
    while (at < end) {
      const byte = bytes[at] as number
      if (byte === NEWLINE) break
      const kind = BYTE_KIND[byte] as number
      if (kind === 0 || kind === DIGIT) {
        if (byte > 32) {
          leading = false
          last = byte
          if (byte === OPEN_PAREN && beforeParen === 0) beforeParen = this.#word
        }
        at = kind === DIGIT ? this.#skipNumber(bytes, at) : at + 1
        continue
      }
      if (words === 0) firstWord = 0
      at = this.#readIdentifier(bytes, at)
      last = 0
      const word = this.#word
      words++
      if (words === 1) {
        firstWord = word
        if (IMPORTERS.has(word)) this.#readImport(bytes, at)
      }
      if (leading && !MODIFIERS.has(word)) {
        leading = false
        if (definers.has(word)) at = this.#readDefinition(bytes, at, line, family)
      }
    }
    if (
      family === 'brace' &&
      last === OPEN_BRACE &&
      beforeParen !== 0 &&
      !CONTROL.has(firstWord) &&
      words > 0
    ) {
      if (this.#unitLine !== line) this.#beginUnit(beforeParen, line)
    }
    return at
  }

  #skipNumber(bytes: Uint8Array, start: number): number {
    let at = start
    while (at < bytes.length && (BYTE_KIND[bytes[at] as number] as number) !== 0) at++
    return at
  }

  /** Reads an identifier, adds it and its parts to the unit, and leaves its hash in `#word`. */
  #readIdentifier(bytes: Uint8Array, start: number): number {
    const end = bytes.length
    let whole = HASH_SEED
    let part = HASH_SEED
    let partStart = start
    let parts = 0
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
        if (at - partStart > 1 && before !== UNDERSCORE && before !== DIGIT) {
          this.#add(finishHash(part))
          parts++
        }
        part = HASH_SEED
        partStart = at
      }
      const lower = kind === UPPER ? byte | 0x20 : byte
      whole = Math.imul(whole ^ lower, HASH_PRIME)
      part = Math.imul(part ^ lower, HASH_PRIME)
      before = kind
    }
    this.#word = finishHash(whole)
    if (at - start > MAX_TERM_BYTES) return at
    if (partStart > start && at - partStart > 1 && before !== UNDERSCORE && before !== DIGIT) {
      this.#add(finishHash(part))
      parts++
    }
    if (at - start > 1 && !(parts === 1 && partStart === start)) this.#add(this.#word)
    this.#unitTokens++
    if (BRANCHES.has(this.#word)) this.#unitBranches++
    return at
  }

  /** After `def`, `class`, `func` …: the next identifier names a new unit. */
  #readDefinition(bytes: Uint8Array, start: number, line: number, family: Family): number {
    let at = start
    while (bytes[at] === 32 || bytes[at] === 42) at++
    if (family === 'brace' && bytes[at] === OPEN_PAREN) {
      // Go: func (receiver Type) Name
      while (at < bytes.length && bytes[at] !== CLOSE_PAREN && bytes[at] !== NEWLINE) at++
      if (bytes[at] === CLOSE_PAREN) at++
      while (bytes[at] === 32) at++
    }
    const kind = at < bytes.length ? (BYTE_KIND[bytes[at] as number] as number) : 0
    if (kind === 0 || kind === DIGIT) return start
    const nameStart = at
    while (at < bytes.length && BYTE_KIND[bytes[at] as number] !== 0) at++
    if (family === 'indent' && bytes[at] !== OPEN_PAREN && bytes[at] !== COLON && bytes[at] !== 91)
      return start
    this.#beginUnit(0, line)
    const after = this.#readIdentifier(bytes, nameStart)
    this.#unitName = this.#word
    return after
  }

  /** Keeps the hash of the module path after `import`, `from`, `use` …, with `/` between its parts. */
  #readImport(bytes: Uint8Array, start: number): void {
    let at = start
    while (at < bytes.length && BYTE_KIND[bytes[at] as number] === 0 && bytes[at] !== NEWLINE) at++
    let hash = HASH_SEED
    let length = 0
    for (; at < bytes.length; at++, length++) {
      const byte = bytes[at] as number
      const kind = BYTE_KIND[byte] as number
      const separator = byte === DOT || byte === SLASH || byte === COLON
      if (kind === 0 && !separator) break
      hash = Math.imul(hash ^ (separator ? SLASH : kind === UPPER ? byte | 0x20 : byte), HASH_PRIME)
    }
    if (length > 0) this.#imports.push(finishHash(hash))
  }

  #add(hash: number): void {
    const slots = this.#slots
    let slot = hash & 0xffff
    for (;;) {
      const held = slots[slot] as number
      if (held === 0) break
      if (held >>> 8 === hash) {
        if ((held & 0xff) !== 0xff) slots[slot] = held + 1
        return
      }
      slot = (slot + 1) & 0xffff
    }
    if (this.#usedCount >= MAX_UNIT_TERMS) return
    slots[slot] = ((hash << 8) | 1) >>> 0
    this.#used[this.#usedCount++] = slot
  }

  #beginUnit(name: number, line: number): void {
    this.#endUnit(line)
    this.#unitName = name
    this.#unitLine = line
  }

  /** Writes out the unit being read, unless it is empty. */
  #endUnit(nextLine: number): void {
    if (this.#unitTokens > 0) {
      this.#units.push(
        this.#unitName,
        this.#unitLine,
        nextLine - this.#unitLine,
        this.#unitTokens,
        this.#unitBranches,
        this.#outLength,
      )
      this.#branches += this.#unitBranches
    }
    this.#flushTerms()
    this.#unitTokens = 0
    this.#unitBranches = 0
  }

  #flushTerms(): void {
    const needed = this.#outLength + this.#usedCount
    if (needed > this.#out.length) {
      const larger = new Uint32Array(Math.max(needed, this.#out.length * 2))
      larger.set(this.#out)
      this.#out = larger
    }
    for (let i = 0; i < this.#usedCount; i++) {
      const slot = this.#used[i] as number
      this.#out[this.#outLength++] = this.#slots[slot] as number
      this.#slots[slot] = 0
    }
    this.#usedCount = 0
  }

  #assemble(lines: number): Outline {
    const unitCount = this.#units.length / UNIT_WORDS
    const imports = [...new Set(this.#imports)]
    const terms = this.#out.subarray(0, this.#outLength)
    const header = [OUTLINE_VERSION, lines, this.#branches, unitCount, imports.length, terms.length]
    const parts = [[...header, this.#quotable.length], this.#units, imports, terms, this.#quotable]
    const outline = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      outline.set(part, at)
      at += part.length
    }
    return outline
  }
}
