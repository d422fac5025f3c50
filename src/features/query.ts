import { hashTerm, splitIdentifier } from '../task/term.ts'
import type { IssueParts } from './issue-parts.ts'

/** A query: the hash of each term and how often it is asked for. */
export type Query = ReadonlyMap<number, number>

export const QUERY_NAMES = ['all', 'title', 'names'] as const
export type QueryName = (typeof QUERY_NAMES)[number]
export type Queries = Readonly<Record<QueryName, Query>>

/** A word repeated in an issue says little more the fourth time. */
const MAX_QUERY_COUNT = 3

const STOP_WORDS = new Set(
  'the a an and or of to in is it this that for on with as be are was not but if when from by at we i you have has can do does should would which there so what how use using used get set new all no any one will just only like than then also more my me our your they its it s t e g ie eg'
    .split(' ')
    .map(hashTerm),
)

const WORD = /[A-Za-z0-9_\u0080-\u{10ffff}]{2,64}/gu

/** The three questions an issue asks of the code. */
export function queriesOf(parts: IssueParts): Queries {
  return {
    all: queryOf([parts.title, parts.body]),
    title: queryOf([parts.title]),
    names: queryOf(parts.identifiers),
  }
}

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
