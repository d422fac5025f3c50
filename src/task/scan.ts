import { skipPast, skipSpaces, skipWord } from './bytes.ts'
import { IdentifierReader } from './identifier-reader.ts'
import { DEFINER, KEYWORD, keywordBits } from './keywords.ts'
import type { Family } from './language.ts'
import { hashLine } from './line-hash.ts'
import { beginsModuleBlock, hashModule, hashQuotedModule, quoteFollows } from './module-name.ts'
import type { Outline } from './outline.ts'
import { OutlineBuilder } from './outline-builder.ts'
import { Signature } from './signature.ts'
import { BYTE_KIND, DIGIT, hashTerm } from './term.ts'

const NEWLINE = 10
const SPACE = 32
const OPEN_PAREN = 40
const CLOSE_PAREN = 41
const STAR = 42
const DOT = 46
const COLON = 58
const LESS = 60
const GREATER = 62
const OPEN_BRACKET = 91

const PUB = hashTerm('pub')
const FROM = hashTerm('from')
const REQUIRE = hashTerm('require')
/** These name files from the folder of the file they stand in. */
const RELATIVE_IMPORTERS: ReadonlySet<number> = new Set(['include', 'require_relative'].map(hashTerm))

/**
 * Reads source code once, byte by byte, into an {@link Outline}. One scanner is reused for many files, since its
 * tables are large; it holds no state between files. Comments and strings count as terms: they use the words.
 */
export class Scanner {
  readonly #outline = new OutlineBuilder()
  readonly #identifiers = new IdentifierReader(this.#outline)
  readonly #signature = new Signature()
  #inModuleBlock = false

  scan(bytes: Uint8Array, family: Family): Outline {
    this.#signature.forget()
    this.#inModuleBlock = false
    return this.#outline.finish(this.#readLines(bytes, family))
  }

  #readLines(bytes: Uint8Array, family: Family): number {
    const end = bytes.length
    let line = 1
    let at = 0
    while (at < end) {
      const start = at
      if (this.#inModuleBlock) this.#readModuleLine(bytes, start)
      at = this.#readLine(bytes, start, line, family)
      const quotable = hashLine(bytes, start, at)
      if (quotable !== 0) this.#outline.quotable.push(quotable)
      if (at < end) line++
      at++
    }
    return end === 0 || bytes[end - 1] === NEWLINE ? line - 1 : line
  }

  /**
   * Reads one line from `start`; returns the index of its line feed, or of the end. Long, because this loop is where the
   * time goes: calls and fields in place of its variables made it half as fast.
   */
  #readLine(bytes: Uint8Array, start: number, line: number, family: Family): number {
    const end = bytes.length
    const definer = DEFINER[family]
    let leading = true // only white space and modifiers so far
    let words = 0
    let firstBits = 0
    let name = 0 // the word that a parenthesis would call or define
    let beforeParen = 0
    let last = 0
    let at = start
    while (at < end) {
      const byte = bytes[at] as number
      if (byte === NEWLINE) break
      const kind = BYTE_KIND[byte] as number
      if (kind === 0 || kind === DIGIT) {
        if (byte > SPACE) {
          leading = false
          last = byte
          if (byte === OPEN_PAREN && beforeParen === 0) beforeParen = name
        }
        at = kind === DIGIT ? skipWord(bytes, at) : at + 1
        continue
      }
      at = this.#identifiers.read(bytes, at)
      last = 0
      words++
      const { word } = this.#identifiers
      const bits = keywordBits(word)
      if (words === 1) firstBits = bits
      if ((bits & KEYWORD.anonymous) === 0) name = word
      if ((bits & KEYWORD.importer) !== 0) this.#readImport(bytes, at, words, family)
      if (leading && (bits & KEYWORD.modifier) !== 0) {
        if (family === 'brace' && word === PUB && bytes[at] === OPEN_PAREN)
          at = skipPast(bytes, at, CLOSE_PAREN)
      } else if (leading) {
        leading = (bits & KEYWORD.typed) !== 0
        if ((bits & definer) !== 0) at = this.#readDefinition(bytes, at, line, family)
      }
    }
    this.#endLine(line, family, firstBits, words, last, beforeParen)
    return at
  }

  /** Begins a unit where the form of the line, not its first word, tells that it defines something. */
  #endLine(
    line: number,
    family: Family,
    firstBits: number,
    words: number,
    last: number,
    beforeParen: number,
  ) {
    const outline = this.#outline
    if (family === 'brace') {
      const defined = this.#signature.endLine(words, last, beforeParen, (firstBits & KEYWORD.control) !== 0)
      if (outline.definedLine === line) this.#signature.forget()
      else if (defined !== 0) outline.beginUnit(defined, line)
    } else if (family === 'indent' && (firstBits & KEYWORD.typed) !== 0) {
      if (last === COLON && beforeParen !== 0 && outline.definedLine !== line)
        outline.beginUnit(beforeParen, line)
    }
  }

  /** After `def`, `class`, `func` …: the next identifier names a new unit. */
  #readDefinition(bytes: Uint8Array, start: number, line: number, family: Family): number {
    let at = start
    while (bytes[at] === SPACE || bytes[at] === STAR) at++
    if (family === 'brace') at = skipReceiver(bytes, at)
    if (!isLetter(bytes, at)) return start
    const nameEnd = skipWord(bytes, at)
    const next = bytes[nameEnd]
    if (family === 'indent' && next !== OPEN_PAREN && next !== COLON && next !== OPEN_BRACKET) return start
    this.#outline.beginUnit(0, line)
    let after = this.#identifiers.read(bytes, at)
    while (family === 'end' && (bytes[after] === DOT || bytes[after] === COLON)) {
      // Ruby: def self.name, class Outer::Name
      const nextName = bytes[after + 1] === COLON ? after + 2 : after + 1
      if (!isLetter(bytes, nextName)) break
      after = this.#identifiers.read(bytes, nextName)
    }
    this.#outline.unitName = this.#identifiers.word
    return after
  }

  /** After `import`, `from`, `use` … at the beginning of a line, or before a quotation: what follows is a module. */
  #readImport(bytes: Uint8Array, at: number, words: number, family: Family): void {
    const { word } = this.#identifiers
    if (words > 1) {
      const quoted = (word === FROM || word === REQUIRE) && quoteFollows(bytes, at, word === REQUIRE)
      if (quoted && family === 'brace') this.#addModule(hashQuotedModule(bytes, at, false))
    } else if (family === 'indent') {
      this.#addModule(hashModule(bytes, at))
    } else {
      const quoted = hashQuotedModule(bytes, at, RELATIVE_IMPORTERS.has(word))
      this.#addModule(quoted === 0 ? hashModule(bytes, at) : quoted)
      this.#inModuleBlock = beginsModuleBlock(bytes, at)
    }
  }

  /** Go: a line between `import (` and `)`. */
  #readModuleLine(bytes: Uint8Array, start: number): void {
    const at = skipSpaces(bytes, start)
    if (bytes[at] === CLOSE_PAREN) this.#inModuleBlock = false
    else this.#addModule(hashQuotedModule(bytes, at, false))
  }

  #addModule(hash: number): void {
    if (hash !== 0) this.#outline.imports.push(hash)
  }
}

/** Index after the receiver in Go's `func (r *T) Name`, or the parameters in Rust's `impl<T> Name`. */
function skipReceiver(bytes: Uint8Array, start: number): number {
  if (bytes[start] === OPEN_PAREN) return skipSpaces(bytes, skipPast(bytes, start, CLOSE_PAREN))
  if (bytes[start] === LESS) return skipSpaces(bytes, skipPast(bytes, start, GREATER))
  return start
}

const isLetter = (bytes: Uint8Array, at: number): boolean => {
  const kind = at < bytes.length ? BYTE_KIND[bytes[at] as number] : 0
  return kind !== 0 && kind !== DIGIT
}
