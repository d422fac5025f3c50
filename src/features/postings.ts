import { outlineUnits, termsAt, termsEnd, UNIT, unitAt } from '../task/outline.ts'
import type { SourceFile } from '../task/snapshot.ts'
import { hashTerm, splitIdentifier } from '../task/term.ts'
import type { Query } from './query.ts'
import { sieveOf } from './sieve.ts'

/** A word in the path of a file says as much as this many in its text. */
const PATH_COUNT = 5

/** Asked terms, numbered. */
export interface Vocabulary {
  readonly numbers: ReadonlyMap<number, number>
  readonly sieve: Uint8Array
}

/** The terms of several queries. */
export function vocabularyOf(queries: readonly Query[]): Vocabulary {
  const numbers = new Map<number, number>()
  for (const query of queries) {
    for (const hash of query.keys()) if (!numbers.has(hash)) numbers.set(hash, numbers.size)
  }
  return { numbers, sieve: sieveOf(numbers.keys()) }
}

/** Documents with the asked terms in them, as parallel lists: document, term number, count. */
export class Postings {
  readonly documents: number[] = []
  readonly terms: number[] = []
  readonly counts: number[] = []
  /** Of every document, those without an asked term too: its file, its definition (-1 = the file), its tokens. */
  readonly files: SourceFile[] = []
  readonly units: number[] = []
  readonly lengths: number[] = []
  tokens = 0
  /** Documents that hold each term. */
  readonly frequency: Uint32Array

  constructor(terms: number) {
    this.frequency = new Uint32Array(terms)
  }

  begin(file: SourceFile, unit: number, length: number): void {
    this.files.push(file)
    this.units.push(unit)
    this.lengths.push(length)
    this.tokens += length
  }

  add(term: number, count: number): void {
    this.documents.push(this.files.length - 1)
    this.terms.push(term)
    this.counts.push(count)
    this.frequency[term] = (this.frequency[term] as number) + 1
  }
}

/** Sums the asked terms of one file. */
class FileTerms {
  readonly #counts: Uint32Array
  #seen: number[] = []

  constructor(terms: number) {
    this.#counts = new Uint32Array(terms)
  }

  add(term: number, count: number): void {
    if (this.#counts[term] === 0) this.#seen.push(term)
    this.#counts[term] = (this.#counts[term] as number) + count
  }

  moveTo(postings: Postings): void {
    for (const term of this.#seen) {
      postings.add(term, this.#counts[term] as number)
      this.#counts[term] = 0
    }
    this.#seen = []
  }
}

/** Finds the asked terms in every file, and in every definition, in one pass. */
export function collect(sources: readonly SourceFile[], vocabulary: Vocabulary) {
  const terms = vocabulary.numbers.size
  const postings = { files: new Postings(terms), units: new Postings(terms) }
  const inFile = new FileTerms(terms)
  const folders = new Map<string, readonly number[]>()
  for (const file of sources) {
    const tokens = collectUnits(file, vocabulary, postings.units, inFile)
    for (const term of pathTerms(file.path, vocabulary, folders)) inFile.add(term, PATH_COUNT)
    postings.files.begin(file, -1, tokens)
    inFile.moveTo(postings.files)
  }
  return postings
}

/** Adds the definitions of a file to `units` and their terms to `inFile`; returns the file's tokens. */
function collectUnits(file: SourceFile, vocabulary: Vocabulary, units: Postings, inFile: FileTerms): number {
  const { numbers, sieve } = vocabulary
  const { outline } = file
  const base = termsAt(outline)
  const last = outlineUnits(outline) - 1
  let tokens = 0
  for (let unit = 0; unit <= last; unit++) {
    const length = outline[unitAt(unit) + UNIT.tokens] as number
    tokens += length
    units.begin(file, unit, length)
    const start = base + (outline[unitAt(unit) + UNIT.firstTerm] as number)
    const end =
      unit === last ? termsEnd(outline) : base + (outline[unitAt(unit + 1) + UNIT.firstTerm] as number)
    for (let at = start; at < end; at++) {
      const word = outline[at] as number
      if (sieve[(word >>> 8) & 0xffff] === 0) continue
      const term = numbers.get(word >>> 8)
      if (term === undefined) continue
      units.add(term, word & 0xff)
      inFile.add(term, word & 0xff)
    }
  }
  return tokens
}

/** The asked terms among the parts of a path; `folders` remembers those of its folder. */
function pathTerms(
  path: string,
  vocabulary: Vocabulary,
  folders: Map<string, readonly number[]>,
): ReadonlySet<number> {
  const slash = path.lastIndexOf('/')
  const folder = path.slice(0, Math.max(0, slash))
  const above = folders.get(folder) ?? folder.split('/').flatMap((name) => partTerms(name, vocabulary))
  folders.set(folder, above)
  return new Set([...above, ...partTerms(path.slice(slash + 1).replace(/\.\w+$/, ''), vocabulary)])
}

const partTerms = (name: string, { numbers }: Vocabulary): readonly number[] =>
  [name, ...splitIdentifier(name)].flatMap((part) => numbers.get(hashTerm(part)) ?? [])
