import { hashLine } from '../task/line-hash.ts'
import { outlineLines, outlineQuotable } from '../task/outline.ts'
import type { SourceFile } from '../task/snapshot.ts'
import { extractor } from './extractor.ts'
import type { IssueParts } from './issue-parts.ts'
import { sieveOf } from './sieve.ts'

/** A line that stands in more files than this is an idiom, not a quotation. */
const MAX_FILES = 3

/** Whether the reporter quotes the repository's own code: then the place has been found, and often the cause. */
export const quotes = extractor({
  describe: {
    quote_lines: 'log number of lines that stand word for word in the code',
    quote_share: 'share of the code shown that stands word for word in the repository',
    quote_files: 'log number of files quoted',
    quote_tests: 'log number of lines quoted from tests',
    quote_rest: 'log lines of code shown that do not stand in the repository',
    quote_file_lines: 'log lines of the file quoted most',
  },
  extract: ({ snapshot, parts }) => {
    if (snapshot === null) return null
    const asked = lineHashes(parts)
    const code = quoted(
      asked,
      snapshot.sources.filter(({ test }) => !test),
    )
    const tests = quoted(
      asked,
      snapshot.sources.filter(({ test }) => test),
    )
    const most = [...code.files].sort((a, b) => b[1] - a[1])[0]
    return {
      quote_lines: Math.log1p(code.lines),
      quote_share: asked.size === 0 ? 0 : code.lines / asked.size,
      quote_files: Math.log1p(code.files.size),
      quote_rest: Math.log1p(asked.size - code.lines - tests.lines),
      quote_tests: Math.log1p(tests.lines),
      quote_file_lines: most === undefined ? null : Math.log1p(outlineLines(most[0].outline)),
    }
  },
})

/** Hashes of the lines shown, with the marks of diffs, sessions and quotations taken off. */
function lineHashes(parts: IssueParts): ReadonlySet<number> {
  const hashes = new Set<number>()
  for (const line of parts.lines.slice(0, 5000)) {
    const bytes = Buffer.from(line.replace(/^\s*([-+>]|>>>|\.\.\.|\d+[:|]?)\s/, ''), 'utf8')
    hashes.add(hashLine(bytes, 0, bytes.length))
  }
  hashes.delete(0)
  return hashes
}

function quoted(asked: ReadonlySet<number>, sources: readonly SourceFile[]) {
  const places = placesOf(asked, sources)
  const files = new Map<SourceFile, number>()
  let lines = 0
  for (const list of places.values()) {
    if (list.length > MAX_FILES) continue
    lines++
    for (const file of list) files.set(file, (files.get(file) ?? 0) + 1)
  }
  return { lines, files }
}

/** In which files each line stands. */
function placesOf(asked: ReadonlySet<number>, sources: readonly SourceFile[]) {
  const places = new Map<number, SourceFile[]>()
  if (asked.size === 0) return places
  const sieve = sieveOf(asked)
  for (const file of sources) {
    for (const hash of outlineQuotable(file.outline)) {
      if (sieve[hash & 0xffff] === 0 || !asked.has(hash)) continue
      const list = places.get(hash)
      if (!list) places.set(hash, [file])
      else if (list.at(-1) !== file) list.push(file)
    }
  }
  return places
}
