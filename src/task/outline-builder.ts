import { OUTLINE_VERSION, type Outline, UNIT_WORDS } from './outline.ts'
import { TermTable } from './term-table.ts'

/** Puts together the {@link Outline} of one file after another; its tables are large, so it is kept. */
export class OutlineBuilder {
  readonly terms = new TermTable()
  /** Of the unit being read. */
  tokens = 0
  branches = 0
  unitName = 0
  /** Line of the latest definition; 0 = none yet. */
  definedLine = 0
  imports: number[] = []
  quotable: number[] = []

  #written = new Uint32Array(1 << 16)
  #writtenCount = 0
  #units: number[] = []
  #unitLine = 1
  #allBranches = 0

  beginUnit(name: number, line: number): void {
    this.#endUnit(line)
    this.unitName = name
    this.definedLine = line
    this.#unitLine = line
  }

  /** The outline of a file of so many lines; the builder is then ready for the next. */
  finish(lines: number): Outline {
    this.#endUnit(lines + 1)
    const unitCount = this.#units.length / UNIT_WORDS
    const imports = [...new Set(this.imports)]
    const terms = this.#written.subarray(0, this.#writtenCount)
    const header = [OUTLINE_VERSION, lines, this.#allBranches, unitCount, imports.length, terms.length]
    const parts = [[...header, this.quotable.length], this.#units, imports, terms, this.quotable]
    const outline = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      outline.set(part, at)
      at += part.length
    }
    this.#reset()
    return outline
  }

  #reset(): void {
    this.unitName = 0
    this.definedLine = 0
    this.#unitLine = 1
    this.imports = []
    this.quotable = []
    this.#writtenCount = 0
    this.#units = []
    this.#allBranches = 0
  }

  /** Writes out the unit being read, unless it is empty. */
  #endUnit(nextLine: number): void {
    if (this.tokens > 0) {
      const lines = nextLine - this.#unitLine
      this.#units.push(this.unitName, this.#unitLine, lines, this.tokens, this.branches, this.#writtenCount)
      this.#allBranches += this.branches
    }
    this.#makeRoom(this.terms.size)
    const added = this.terms.size
    this.terms.moveTo(this.#written, this.#writtenCount)
    this.#writtenCount += added
    this.tokens = 0
    this.branches = 0
  }

  #makeRoom(words: number): void {
    const needed = this.#writtenCount + words
    if (needed <= this.#written.length) return
    const larger = new Uint32Array(Math.max(needed, this.#written.length * 2))
    larger.set(this.#written)
    this.#written = larger
  }
}
