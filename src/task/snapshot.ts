import { readBlobs } from './blobs.ts'
import { type Commit, readHistory } from './history.ts'
import { isTest, isVendored, type Language, languageOf } from './language.ts'
import type { Outline } from './outline.ts'
import type { OutlineCache } from './outline-cache.ts'
import type { Repository } from './repository.ts'
import { Scanner } from './scan.ts'
import { listTree, type TreeFile } from './tree.ts'

/** A source file of the snapshot with its outline. */
export interface SourceFile extends TreeFile {
  readonly language: string
  readonly test: boolean
  readonly outline: Outline
}

/** A repository at one commit, as the features see it. */
export interface Snapshot {
  readonly commit: string
  /** Seconds since the epoch. */
  readonly committedAt: number
  readonly files: readonly TreeFile[]
  readonly sources: readonly SourceFile[]
  /** Null = unknown (a shallow or partial clone). */
  readonly history: readonly Commit[] | null
  /** Source files that could not be had: missing objects, or beyond the limit on their number. */
  readonly unread: number
}

/** More source files than this are not indexed; the first ones by path, outside vendored folders, are. */
const MAX_SOURCES = 40_000
/** Larger files are data or generated; they count as files without content. */
const MAX_SOURCE_BYTES = 1 << 20

interface Candidate extends TreeFile {
  readonly language: Language
}

/** Reads a repository at its commit; only files that `cache` has not seen are read from git. */
export async function readSnapshot(
  repository: Repository,
  cache: OutlineCache,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const history = readHistory(repository, cache.commits, signal)
  history.catch(() => {}) // awaited below; not left unhandled if reading the tree fails first
  const files = await listTree(repository, signal)
  const candidates = sourceCandidates(files)
  const kept = candidates.slice(0, MAX_SOURCES)
  const outlines = await readOutlines(repository, kept, cache, signal)
  const sources: SourceFile[] = []
  kept.forEach(({ path, blob, language }, index) => {
    const outline = outlines[index]
    if (outline) sources.push({ path, blob, language: language.name, test: isTest(path), outline })
  })
  return {
    commit: repository.commit,
    committedAt: repository.committedAt,
    files,
    sources,
    history: await history,
    unread: candidates.length - sources.length,
  }
}

function sourceCandidates(files: readonly TreeFile[]): readonly Candidate[] {
  const candidates: Candidate[] = []
  for (const file of files) {
    const language = languageOf(file.path)
    if (language && !isVendored(file.path)) candidates.push({ ...file, language })
  }
  return candidates
}

/** One outline per candidate, from the cache or from git; undefined where the object is missing. */
async function readOutlines(
  repository: Repository,
  candidates: readonly Candidate[],
  cache: OutlineCache,
  signal?: AbortSignal,
): Promise<readonly (Outline | undefined)[]> {
  const outlines = candidates.map(({ blob, language }) => cache.get(blob, language.family))
  const missing = candidates.flatMap((candidate, index) => (outlines[index] ? [] : [{ ...candidate, index }]))
  const scanner = new Scanner()
  await readBlobs(
    repository,
    missing.map(({ blob }) => blob),
    MAX_SOURCE_BYTES,
    (position, bytes) => {
      const candidate = missing[position]
      if (candidate && bytes) outlines[candidate.index] = scanner.scan(bytes, candidate.language.family)
    },
    signal,
  )
  cache.putAll(
    missing.flatMap(({ blob, language, index }) => {
      const outline = outlines[index]
      return outline ? [[blob, language.family, outline] as const] : []
    }),
  )
  return outlines
}
