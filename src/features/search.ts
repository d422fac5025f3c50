import type { Snapshot, SourceFile } from '../task/snapshot.ts'
import { collect, type Postings, type Vocabulary, vocabularyOf } from './postings.ts'
import { QUERY_NAMES, type Queries, type Query, type QueryName } from './query.ts'

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

/** Searches a snapshot with every query of an issue, in one pass over its terms. */
export function search(snapshot: Snapshot, queries: Queries): Findings {
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

function rank(postings: Postings, query: Query, vocabulary: Vocabulary): readonly Hit[] {
  const documents = postings.lengths.length
  if (documents === 0) return []
  const weights = termWeights(postings, query, vocabulary, documents)
  const mean = postings.tokens / documents
  const scores = new Float64Array(documents)
  for (let i = 0; i < postings.terms.length; i++) {
    const weight = weights[postings.terms[i] as number] as number
    if (weight === 0) continue
    const document = postings.documents[i] as number
    const count = postings.counts[i] as number
    const norm = K1 * (1 - B + (B * (postings.lengths[document] as number)) / mean)
    scores[document] = (scores[document] as number) + (weight * count * (K1 + 1)) / (count + norm)
  }
  return best(scores).map((document) => ({
    score: scores[document] as number,
    file: postings.files[document] as SourceFile,
    unit: postings.units[document] as number,
  }))
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
  let least = 0
  for (let document = 0; document < scores.length; document++) {
    const score = scores[document] as number
    if (!(score > least)) continue
    let place = Math.min(found.length, MAX_HITS - 1)
    while (place > 0 && (scores[found[place - 1] as number] as number) < score) {
      found[place] = found[place - 1] as number
      place--
    }
    found[place] = document
    if (found.length === MAX_HITS) least = scores[found[MAX_HITS - 1] as number] as number
  }
  return found
}

function knownShare(query: Query, vocabulary: Vocabulary, units: Postings): number | null {
  if (query.size === 0) return null
  let known = 0
  for (const hash of query.keys())
    if ((units.frequency[vocabulary.numbers.get(hash) as number] as number) > 0) known++
  return known / query.size
}
