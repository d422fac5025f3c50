const OPEN_PAREN = 40
const CLOSE_PAREN = 41
const COMMA = 44
const OPEN_BRACE = 123

/**
 * Finds definitions by their form in languages with braces: a name, a parenthesis, and a `{` at the end of the same line,
 * after further lines of parameters, or alone on the next line.
 */
export class Signature {
  /** Name before a parenthesis that is still open. */
  #open = 0
  /** Name before a parenthesis that closed at the end of the last line. */
  #closed = 0

  forget(): void {
    this.#open = 0
    this.#closed = 0
  }

  /**
   * Takes a line by its number of words, its last byte (0 = a word), the name before its first parenthesis (0 = none) and
   * whether it begins like a loop or a condition. Returns the name defined by it, or 0.
   */
  endLine(words: number, last: number, beforeParen: number, control: boolean): number {
    const name = control ? 0 : beforeParen || this.#open
    const awaited = words === 0 ? this.#closed : name
    this.#open = last === COMMA || last === OPEN_PAREN ? name : 0
    this.#closed = last === CLOSE_PAREN ? name : 0
    return last === OPEN_BRACE ? awaited : 0
  }
}
