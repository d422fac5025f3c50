import { outlineLines, outlineUnits, UNIT, unitAt } from '../task/outline.ts'
import { type Extractor, extractor, type FeatureValue } from './extractor.ts'
import { QUERY_NAMES, type QueryName } from './query.ts'
import { type Hit, PLACES, type Place } from './search.ts'

const SPREAD = {
  entropy: 'how evenly the score is spread over the hits (entropy)',
  margin: 'lead of the best hit over the second',
  third: 'score of the third hit over the first',
  tenth: 'score of the tenth hit over the first',
  last: 'score of the last hit over the first',
} as const

const SIZES = {
  lines1: 'log lines of the best hit',
  lines3: 'log lines of the best three, by score',
  lines10: 'log lines of the best ten, by score',
  units: 'definitions in the files of the best three, log',
} as const

const PLACE_WORDS: Readonly<Record<Place, string>> = { file: 'files', unit: 'definitions', test: 'tests' }
/** What each query asks for, in words. */
export const QUERY_WORDS: Readonly<Record<QueryName, string>> = {
  all: 'the whole issue',
  title: 'the title',
  names: 'the names in it',
}

const lists = PLACES.flatMap((place) => QUERY_NAMES.map((query) => ({ place, query })))
const name = (place: Place, query: QueryName, measure: string) => `hit_${place}_${query}_${measure}`

/** How sharply each search points: one clear place is soon found, many equal ones have to be read. */
export const hitSpread: Extractor = listExtractor(SPREAD, (found, best) => {
  const ratio = (index: number) => (found[index]?.score ?? 0) / best.score
  return {
    entropy: entropy(found.slice(0, 10).map(({ score }) => score)),
    margin: 1 - ratio(1),
    third: ratio(2),
    tenth: ratio(9),
    last: ratio(found.length - 1),
  }
})

/** At how much code each search points: what is found is read, and read again. */
export const hitSizes: Extractor = listExtractor(SIZES, (found, best) => ({
  lines1: Math.log1p(lines(best)),
  lines3: Math.log1p(weighted(found.slice(0, 3), lines)),
  lines10: Math.log1p(weighted(found.slice(0, 10), lines)),
  units: Math.log1p(weighted(found.slice(0, 3), ({ file }) => outlineUnits(file.outline))),
}))

/** One measurement per place and query; a search without a hit has none. */
function listExtractor<Measure extends string>(
  measures: Readonly<Record<Measure, string>>,
  measure: (found: readonly Hit[], best: Hit) => Readonly<Record<Measure, number>>,
): Extractor {
  const keys = Object.keys(measures) as Measure[]
  const describe = lists.flatMap(({ place, query }) =>
    keys.map((key) => [
      name(place, query, key),
      `${measures[key]}, searching ${PLACE_WORDS[place]} for ${QUERY_WORDS[query]}`,
    ]),
  )
  return extractor({
    describe: Object.fromEntries(describe) as Record<string, string>,
    extract: ({ findings }) => {
      if (findings === null) return null
      const values: Record<string, FeatureValue> = {}
      for (const { place, query } of lists) {
        const found = findings.hits[place][query]
        const measured = found[0] === undefined ? null : measure(found, found[0])
        for (const key of keys) values[name(place, query, key)] = measured === null ? null : measured[key]
      }
      return values
    },
  })
}

/** Shannon entropy in nats of scores taken as shares. */
function entropy(scores: readonly number[]): number {
  const total = scores.reduce((sum, score) => sum + score, 0)
  return -scores.reduce((sum, score) => sum + (score / total) * Math.log(score / total), 0)
}

function weighted(found: readonly Hit[], of: (hit: Hit) => number): number {
  const total = found.reduce((sum, { score }) => sum + score, 0)
  return found.reduce((sum, hit) => sum + (hit.score / total) * of(hit), 0)
}

/** Lines of the definition, or of the whole file. */
function lines({ file, unit }: Hit): number {
  return unit < 0 ? outlineLines(file.outline) : (file.outline[unitAt(unit) + UNIT.lines] ?? 0)
}
