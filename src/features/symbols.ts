import { outlineUnits, UNIT, unitAt } from '../task/outline.ts'
import type { Snapshot } from '../task/snapshot.ts'
import { hashTerm } from '../task/term.ts'
import { extractor } from './extractor.ts'
import type { IssueParts } from './issue-parts.ts'

/** Which of the names and paths in the issue exist in the repository, and how often. */
export const symbols = extractor({
  describe: {
    symbols_defined: 'log number of the named symbols that the code defines',
    symbols_share: 'share of the named symbols that the code defines',
    symbols_places: 'log mean number of definitions per named symbol',
    symbols_lines: 'log lines of the named definitions',
    symbols_files: 'log number of files that define a named symbol',
    symbols_test_files: 'log number of test files that define a named symbol',
    symbols_prose_defined: 'log number of symbols named in sentences that the code defines',
    symbols_title_defined: 'log number of symbols named in the title that the code defines',
    symbols_title_unique: 'share of the symbols named in the title that are defined exactly once',
    symbols_title_lines: 'log lines of the smallest definition named in the title',
    symbols_unique: 'log number of named symbols that are defined exactly once',
    symbols_methods: 'log number of names `Class.method` of which both are defined',
    paths_existing: 'log number of named paths that exist',
    paths_lines: 'log lines of the named files that exist',
    terms_known: 'share of the words of the issue that occur in the code',
    title_terms_known: 'share of the words of the title that occur in the code',
  },
  extract: ({ snapshot, findings, parts }) => {
    if (snapshot === null || findings === null) return null
    const named = definitionsOf(snapshot, lastNames(parts.identifiers))
    const title = definitionsOf(snapshot, lastNames(titleNames(parts.title)))
    const prose = definitionsOf(snapshot, lastNames(parts.proseIdentifiers))
    const paths = existing(snapshot, parts)
    return {
      symbols_defined: Math.log1p(named.names),
      symbols_share: named.asked === 0 ? null : named.names / named.asked,
      symbols_places: named.names === 0 ? null : Math.log1p(named.places / named.names),
      symbols_lines: Math.log1p(named.lines),
      symbols_files: Math.log1p(named.files),
      symbols_test_files: Math.log1p(named.testFiles),
      symbols_prose_defined: Math.log1p(prose.names),
      symbols_title_defined: Math.log1p(title.names),
      symbols_title_unique: title.asked === 0 ? null : title.unique / title.asked,
      symbols_title_lines: title.names === 0 ? null : Math.log1p(title.smallest),
      symbols_unique: Math.log1p(named.unique),
      symbols_methods: Math.log1p(methods(parts.identifiers, named.found)),
      paths_existing: Math.log1p(paths.length),
      paths_lines: Math.log1p(paths.reduce((sum, { outline }) => sum + (outline[1] ?? 0), 0)),
      terms_known: findings.known.all,
      title_terms_known: findings.known.title,
    }
  },
})

/** Words of the title that can be names: with a dot, an underscore or a capital inside, or unusually long. */
const titleNames = (title: string): readonly string[] =>
  (title.match(/[A-Za-z_][\w.]*/g) ?? []).filter((word) => /[._A-Z]/.test(word.slice(1)) || word.length > 12)

/** How many names `a.b` have both parts defined. */
function methods(names: readonly string[], defined: ReadonlyMap<number, number>): number {
  return names.filter((name) => {
    const last = name.split('.').slice(-2)
    return last.length === 2 && last.every((part) => defined.has(hashTerm(part)))
  }).length
}

/** `a.b.Name` → hash of `name`. */
function lastNames(identifiers: readonly string[]): ReadonlySet<number> {
  return new Set(identifiers.map((name) => hashTerm(name.slice(name.lastIndexOf('.') + 1))))
}

function definitionsOf(snapshot: Snapshot, asked: ReadonlySet<number>) {
  const names = new Map<number, number>()
  let smallest = Infinity
  let [places, lines, files, testFiles] = [0, 0, 0, 0]
  for (const { outline, test } of snapshot.sources) {
    let here = 0
    for (let unit = 0; unit < outlineUnits(outline); unit++) {
      const at = unitAt(unit)
      const name = outline[at + UNIT.name] as number
      if (name === 0 || !asked.has(name)) continue
      here++
      if (test) continue
      names.set(name, (names.get(name) ?? 0) + 1)
      smallest = Math.min(smallest, outline[at + UNIT.lines] as number)
      places++
      lines += outline[at + UNIT.lines] as number
    }
    if (here > 0 && test) testFiles++
    if (here > 0 && !test) files++
  }
  const unique = [...names.values()].filter((n) => n === 1).length
  return {
    asked: asked.size,
    names: names.size,
    unique,
    smallest,
    found: names,
    places,
    lines,
    files,
    testFiles,
  }
}

function existing(snapshot: Snapshot, parts: IssueParts) {
  const asked = [...new Set([...parts.paths, ...parts.frames])].map((path) =>
    path.replace(/^.*site-packages\//, ''),
  )
  return snapshot.sources.filter(({ path }) =>
    asked.some((named) => path === named || path.endsWith(`/${named}`)),
  )
}
