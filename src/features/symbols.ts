import { outlineLines, outlineUnits, UNIT, unitAt } from '../task/outline.ts'
import type { Snapshot, SourceFile } from '../task/snapshot.ts'
import { hashTerm } from '../task/term.ts'
import { extractor } from './extractor.ts'
import type { IssueParts } from './issue-parts.ts'
import { sieveOf } from './sieve.ts'

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
    const { named, title, prose, methods } = lookUp(snapshot, parts)
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
      symbols_methods: Math.log1p(methods),
      paths_existing: Math.log1p(paths.length),
      paths_lines: Math.log1p(paths.reduce((sum, { outline }) => sum + outlineLines(outline), 0)),
      terms_known: findings.known.all,
      title_terms_known: findings.known.title,
    }
  },
})

/** What the code defines of the names in the issue, in its title, in its sentences, and of `Owner.name`. */
function lookUp(snapshot: Snapshot, parts: IssueParts) {
  const named = lastNames(parts.identifiers)
  const title = lastNames(titleNames(parts.title))
  const prose = lastNames(parts.proseIdentifiers)
  const methods = parts.identifiers.flatMap(ownerAndName)
  const asked = named.union(title).union(prose).union(new Set(methods.flat()))
  const defined = definitionsOf(snapshot, asked)
  const known = new Set(defined.flatMap(({ file, name }) => (file.test ? [] : [name])))
  return {
    named: summarise(defined, named),
    title: summarise(defined, title),
    prose: summarise(defined, prose),
    methods: methods.filter((pair) => pair.every((name) => known.has(name))).length,
  }
}

/** Words of the title that can be names: with a dot, an underscore or a capital inside, or unusually long. */
const titleNames = (title: string): readonly string[] =>
  (title.match(/[A-Za-z_][\w.]*/g) ?? []).filter((word) => /[._A-Z]/.test(word.slice(1)) || word.length > 12)

/** `a.Owner.name` → hashes of `Owner` and `name`; none for a name without a dot. */
function ownerAndName(identifier: string): readonly (readonly number[])[] {
  const parts = identifier.split('.').slice(-2)
  return parts.length === 2 ? [parts.map(hashTerm)] : []
}

/** `a.b.Name` → hash of `name`. */
function lastNames(identifiers: readonly string[]): ReadonlySet<number> {
  return new Set(identifiers.map((name) => hashTerm(name.slice(name.lastIndexOf('.') + 1))))
}

interface Definition {
  readonly file: SourceFile
  readonly name: number
  readonly lines: number
}

/** Every definition of an asked name, file by file. */
function definitionsOf(snapshot: Snapshot, asked: ReadonlySet<number>): readonly Definition[] {
  const sieve = sieveOf(asked)
  const found: Definition[] = []
  for (const file of snapshot.sources) {
    const { outline } = file
    const units = outlineUnits(outline)
    for (let unit = 0; unit < units; unit++) {
      const at = unitAt(unit)
      const name = outline[at + UNIT.name] as number
      if (name === 0 || sieve[name & 0xffff] === 0 || !asked.has(name)) continue
      found.push({ file, name, lines: outline[at + UNIT.lines] as number })
    }
  }
  return found
}

/** Counts the definitions of the asked names; those in tests count as files only. */
function summarise(definitions: readonly Definition[], asked: ReadonlySet<number>) {
  const here = definitions.filter(({ name }) => asked.has(name))
  const code = here.filter(({ file }) => !file.test)
  const found = new Map<number, number>()
  for (const { name } of code) found.set(name, (found.get(name) ?? 0) + 1)
  return {
    asked: asked.size,
    names: found.size,
    unique: [...found.values()].filter((places) => places === 1).length,
    smallest: code.reduce((least, { lines }) => Math.min(least, lines), Infinity),
    places: code.length,
    lines: code.reduce((sum, { lines }) => sum + lines, 0),
    files: new Set(code.map(({ file }) => file)).size,
    testFiles: new Set(here.flatMap(({ file }) => (file.test ? [file] : []))).size,
  }
}

/** Source files that the issue names by their path or by its end. */
function existing(snapshot: Snapshot, parts: IssueParts): readonly SourceFile[] {
  const asked = new Set(
    [...parts.paths, ...parts.frames].map((path) => path.replace(/^.*site-packages\//, '')),
  )
  return asked.size === 0
    ? []
    : snapshot.sources.filter(({ path }) => endsOf(path).some((end) => asked.has(end)))
}

/** `a/b/c.py` → `a/b/c.py`, `b/c.py`, `c.py`. */
function endsOf(path: string): readonly string[] {
  const ends = [path]
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    ends.push(path.slice(slash + 1))
  }
  return ends
}
