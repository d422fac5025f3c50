import { outlineImports } from '../task/outline.ts'
import type { SourceFile } from '../task/snapshot.ts'
import { hashTerm } from '../task/term.ts'
import { extractor } from './extractor.ts'
import type { Hit } from './search.ts'

/** How the files hit hang together with the rest: who imports them, what they import. */
export const imports = extractor({
  describe: {
    graph_in: 'log number of files that import the best hit',
    graph_in3: 'log mean number of files that import one of the best three',
    graph_out: 'log number of modules that the best hit imports',
    graph_tests: 'log number of tests that import the best three',
    graph_linked: 'share of the best ten that one of the other nine imports',
  },
  extract: ({ snapshot, findings }) => {
    if (snapshot === null || findings === null) return null
    const top = findings.hits.file.all.slice(0, 10)
    const first = top[0]
    if (!first) return null
    const importers = importersOf(top, snapshot.sources)
    const code = (hit: Hit) => (importers.get(hit) ?? []).filter(({ test }) => !test)
    const three = top.slice(0, 3)
    return {
      graph_in: Math.log1p(code(first).length),
      graph_in3: Math.log1p(three.reduce((sum, hit) => sum + code(hit).length, 0) / three.length),
      graph_out: Math.log1p(outlineImports(first.file.outline).length),
      graph_tests: Math.log1p(
        three.reduce((sum, hit) => sum + (importers.get(hit)?.length ?? 0) - code(hit).length, 0),
      ),
      graph_linked:
        top.filter((hit) =>
          code(hit).some((file) => file !== hit.file && top.some((other) => other.file === file)),
        ).length / top.length,
    }
  },
})

/** The files that import each of the hits, in the order of the sources. */
function importersOf(
  top: readonly Hit[],
  sources: readonly SourceFile[],
): ReadonlyMap<Hit, readonly SourceFile[]> {
  const modules = top.map((hit) => ({ ...moduleOf(hit.file.path), importers: new Set<SourceFile>() }))
  const absolute = Map.groupBy(
    modules.flatMap((module) => module.names.map((name) => ({ name, module }))),
    ({ name }) => name,
  )
  const relative = Map.groupBy(modules, ({ relativeName }) => relativeName)
  for (const file of sources) {
    for (const name of outlineImports(file.outline)) {
      for (const { module } of absolute.get(name) ?? []) module.importers.add(file)
      for (const module of relative.get(name) ?? []) {
        if (module.folder === folderOf(file.path)) module.importers.add(file)
      }
    }
  }
  return new Map(top.map((hit, index) => [hit, [...(modules[index]?.importers ?? [])]]))
}

/**
 * What a module is imported by: `django/db/query.py` is `django/db/query` or `db/query`, and `/query` from its own
 * folder.
 */
function moduleOf(path: string) {
  const whole = path.replace(/\.\w+$/, '').replace(/\/(__init__|index|mod)$/, '')
  const parts = whole.split('/')
  const names = parts.slice(0, Math.max(1, parts.length - 1)).map((_, from) => parts.slice(from).join('/'))
  return { names: names.map(hashTerm), relativeName: hashTerm(`/${parts.at(-1)}`), folder: folderOf(whole) }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
