import { extractor } from './extractor.ts'
import type { Hit } from './search.ts'

/** Whether different questions lead to the same place. */
export const agreement = extractor({
  describe: {
    agree_title: 'overlap of the best ten files for the title and for the whole issue',
    agree_names: 'overlap of the best ten files for the names and for the whole issue',
    agree_units: 'share of the best ten definitions that lie in the best three files',
    agree_first: '1 if the best file is the same for title and whole issue',
    agree_frames: '1 if the last stack frame is in one of the best five files',
    agree_position:
      'where the first file that the issue names stands among the hits (1 = first, 0 = not there)',
  },
  extract: ({ findings, parts }) => {
    if (findings === null) return null
    const { file, unit } = findings.hits
    const best = paths(file.all, 3)
    const frame = parts.frames.at(-1)
    const named = parts.paths.concat(parts.frames).map(basename)
    const position = file.all.findIndex(({ file: { path } }) => named.includes(basename(path)))
    return {
      agree_title: jaccard(paths(file.title, 10), paths(file.all, 10)),
      agree_names: jaccard(paths(file.names, 10), paths(file.all, 10)),
      agree_units: unit.all.slice(0, 10).filter((hit) => best.has(hit.file.path)).length / 10,
      agree_first: file.all[0] && file.all[0].file.path === file.title[0]?.file.path ? 1 : 0,
      agree_frames:
        frame === undefined
          ? null
          : [...paths(file.all, 5)].some((path) => basename(path) === basename(frame))
            ? 1
            : 0,
      agree_position: named.length === 0 ? null : position < 0 ? 0 : 1 / (1 + position),
    }
  },
})

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const paths = (found: readonly Hit[], most: number): ReadonlySet<string> =>
  new Set(found.slice(0, most).map(({ file }) => file.path))

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number | null {
  const union = a.union(b).size
  return union === 0 ? null : a.intersection(b).size / union
}
