import { outlineUnits, termsAt, termsEnd, UNIT, unitAt } from '../task/outline.ts'
import type { Snapshot, SourceFile } from '../task/snapshot.ts'
import { hashTerm, splitIdentifier } from '../task/term.ts'
import type { IssueParts } from './issue-parts.ts'

/** A query: the hash of each term and how often it is asked for. */
export type Query = ReadonlyMap<number, number>

export const QUERY_NAMES = ['all', 'title', 'names'] as const
export type QueryName = (typeof QUERY_NAMES)[number]

/** Where a search looks: production code or tests, whole files or single definitions. */
export const PLACES = ['file', 'unit', 'test'] as const
export type Place = (typeof PLACES)[number]

export interface Hit {
  readonly score: number
  readonly file: SourceFile
  /** Index of the definition in its file; -1 for a whole file. */
  readonly unit: number
}

/** The best hits of each query in each place, best first. */
export interface Findings {
  readonly hits: Readonly<Record<Place, Readonly<Record<QueryName, readonly Hit[]>>>>
  /** Share of the asked terms that occur in the code at all, per query; null for an empty query. */
  readonly known: Readonly<Record<QueryName, number | null>>
}

export const MAX_HITS = 50

/** Robertson's BM25, with the usual constants. */
const K1 = 1.2
const B = 0.75
/** A word repeated in an issue says little more the fourth time. */
const MAX_QUERY_COUNT = 3

const STOP_WORDS = new Set(
  'the a an and or of to in is it this that for on with as be are was not but if when from by at we i you have has can do does should would which there so what how use using used get set new all no any one will just only like than then also more my me our your they its it s t e g ie eg'
    .split(' ')
    .map(hashTerm),
)

/** The three questions an issue asks of the code. */
export function queriesOf(parts: IssueParts): Readonly<Record<QueryName, Query>> {
  return {
    all: queryOf([parts.title, parts.body]),
    title: queryOf([parts.title]),
    names: queryOf(parts.identifiers),
  }
}

const WORD = /[A-Za-z0-9_\u0080-\u{10ffff}]{2,64}/gu

function queryOf(texts: readonly string[]): Query {
  const query = new Map<number, number>()
  const add = (term: string) => {
    const hash = hashTerm(term)
    if (!STOP_WORDS.has(hash)) query.set(hash, Math.min(MAX_QUERY_COUNT, (query.get(hash) ?? 0) + 1))
  }
  for (const text of texts) {
    for (const [word] of text.matchAll(WORD)) {
      if (/^\d/.test(word)) continue
      add(word)
      const parts = splitIdentifier(word)
      if (parts.length > 1) for (const part of parts) if (part.length > 1 && !/^\d/.test(part)) add(part)
    }
  }
  return query
}

/** Searches a snapshot with every query of an issue, in one pass over its terms. */
export function search(snapshot: Snapshot, queries: Readonly<Record<QueryName, Query>>): Findings {
  const vocabulary = vocabularyOf(Object.values(queries))
  const code = collect(
    snapshot.sources.filter(({ test }) => !test),
    vocabulary,
  )
  const tests = collect(
    snapshot.sources.filter(({ test }) => test),
    vocabulary,
  )
  const per = <T>(ask: (query: Query) => T) =>
    Object.fromEntries(QUERY_NAMES.map((name) => [name, ask(queries[name])])) as Record<QueryName, T>
  return {
    hits: {
      file: per((query) => rank(code.files, query, vocabulary)),
      unit: per((query) => rank(code.units, query, vocabulary)),
      test: per((query) => rank(tests.files, query, vocabulary)),
    },
    known: per((query) => knownShare(query, vocabulary, code.units)),
  }
}

/** Asked terms, numbered; `mayHold` rules most other terms out by their low 16 bits. */
interface Vocabulary {
  readonly numbers: ReadonlyMap<number, number>
  readonly mayHold: Uint8Array
}

function vocabularyOf(queries: readonly Query[]): Vocabulary {
  const numbers = new Map<number, number>()
  const mayHold = new Uint8Array(1 << 16)
  for (const query of queries) {
    for (const hash of query.keys()) {
      if (!numbers.has(hash)) numbers.set(hash, numbers.size)
      mayHold[hash & 0xffff] = 1
    }
  }
  return { numbers, mayHold }
}

/** Documents with the asked terms in them, as parallel lists: document, term number, count. */
class Postings {
  readonly documents: number[] = []
  readonly terms: number[] = []
  readonly counts: number[] = []
  /** Length of every document in tokens, those without an asked term too. */
  readonly lengths: number[] = []
  readonly places: { readonly file: SourceFile; readonly unit: number }[] = []
  /** Documents that hold each term. */
  readonly frequency: Uint32Array

  constructor(terms: number) {
    this.frequency = new Uint32Array(terms)
  }

  begin(file: SourceFile, unit: number, length: number): void {
    this.places.push({ file, unit })
    this.lengths.push(length)
  }

  add(term: number, count: number): void {
    this.documents.push(this.places.length - 1)
    this.terms.push(term)
    this.counts.push(count)
    this.frequency[term] = (this.frequency[term] ?? 0) + 1
  }
}

function collect(sources: readonly SourceFile[], vocabulary: Vocabulary) {
  const files = new Postings(vocabulary.numbers.size)
  const units = new Postings(vocabulary.numbers.size)
  const inFile = new Uint32Array(vocabulary.numbers.size)
  for (const file of sources) {
    const { outline } = file
    const seen: number[] = []
    let tokens = 0
    for (let unit = 0; unit < outlineUnits(outline); unit++) {
      const length = outline[unitAt(unit) + UNIT.tokens] ?? 0
      tokens += length
      units.begin(file, unit, length)
      scanUnit(file, unit, vocabulary, (term, count) => {
        units.add(term, count)
        if (inFile[term] === 0) seen.push(term)
        inFile[term] = (inFile[term] ?? 0) + count
      })
    }
    for (const term of pathTerms(file.path, vocabulary)) {
      if (inFile[term] === 0) seen.push(term)
      inFile[term] = (inFile[term] ?? 0) + PATH_COUNT
    }
    files.begin(file, -1, tokens)
    for (const term of seen) {
      files.add(term, inFile[term] ?? 0)
      inFile[term] = 0
    }
  }
  return { files, units }
}

/** A word in the path of a file says as much as this many in its text. */
const PATH_COUNT = 5

/** The asked terms among the parts of a path. */
function pathTerms(path: string, { numbers }: Vocabulary): ReadonlySet<number> {
  const found = new Set<number>()
  for (const name of path.replace(/\.\w+$/, '').split('/')) {
    for (const part of [name, ...splitIdentifier(name)]) {
      const term = numbers.get(hashTerm(part))
      if (term !== undefined) found.add(term)
    }
  }
  return found
}

function scanUnit(
  file: SourceFile,
  unit: number,
  vocabulary: Vocabulary,
  found: (term: number, count: number) => void,
) {
  const { outline } = file
  const base = termsAt(outline)
  const start = base + (outline[unitAt(unit) + UNIT.firstTerm] ?? 0)
  const last = unit + 1 === outlineUnits(outline)
  const end = last ? termsEnd(outline) : base + (outline[unitAt(unit + 1) + UNIT.firstTerm] ?? 0)
  const { mayHold, numbers } = vocabulary
  for (let at = start; at < end; at++) {
    const word = outline[at] as number
    if (mayHold[(word >>> 8) & 0xffff] === 0) continue
    const term = numbers.get(word >>> 8)
    if (term !== undefined) found(term, word & 0xff)
  }
}

function rank(postings: Postings, query: Query, vocabulary: Vocabulary): readonly Hit[] {
  const documents = postings.lengths.length
  if (documents === 0) return []
  const weights = termWeights(postings, query, vocabulary, documents)
  const mean = postings.lengths.reduce((sum, length) => sum + length, 0) / documents
  const scores = new Float64Array(documents)
  for (let i = 0; i < postings.terms.length; i++) {
    const weight = weights[postings.terms[i] as number] as number
    if (weight === 0) continue
    const document = postings.documents[i] as number
    const count = postings.counts[i] as number
    const norm = K1 * (1 - B + (B * (postings.lengths[document] as number)) / mean)
    scores[document] = (scores[document] as number) + (weight * count * (K1 + 1)) / (count + norm)
  }
  return best(scores).map((document) => {
    const { file, unit } = postings.places[document] as { file: SourceFile; unit: number }
    return { score: scores[document] as number, file, unit }
  })
}

function termWeights(
  postings: Postings,
  query: Query,
  vocabulary: Vocabulary,
  documents: number,
): Float64Array {
  const weights = new Float64Array(vocabulary.numbers.size)
  for (const [hash, count] of query) {
    const term = vocabulary.numbers.get(hash) as number
    const frequency = postings.frequency[term] as number
    if (frequency > 0) weights[term] = count * Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
  }
  return weights
}

/** Documents by falling score, ties by order; at most {@link MAX_HITS}, none without a score. */
function best(scores: Float64Array): readonly number[] {
  const found: number[] = []
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) > 0) found.push(i)
  found.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
  return found.slice(0, MAX_HITS)
}

function knownShare(query: Query, vocabulary: Vocabulary, units: Postings): number | null {
  if (query.size === 0) return null
  let known = 0
  for (const hash of query.keys())
    if ((units.frequency[vocabulary.numbers.get(hash) as number] as number) > 0) known++
  return known / query.size
}
