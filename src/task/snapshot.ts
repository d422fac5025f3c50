import { readBlobs } from './blobs.ts'
import { type Commit, readHistory } from './history.ts'
import { isTest, isVendored, languageOf } from './language.ts'
import { lacksOnlyLargeFiles, MAX_SOURCE_BYTES } from './large-files.ts'
import type { Outline } from './outline.ts'
import type { OutlineCache, Source } from './outline-cache.ts'
import { readPresent } from './present.ts'
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

const NO_CONTENT = new Uint8Array()

/** A source file that has no outline yet. */
interface Candidate extends TreeFile, Source {
  readonly language: string
}

/** Reads a repository at its commit; only files that `cache` has not seen are read from git. */
export async function readSnapshot(
  repository: Repository,
  cache: OutlineCache,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const [history, tree] = await Promise.all([
    readHistory(repository, cache.commits, signal),
    readTree(repository, cache, signal),
  ])
  return { commit: repository.commit, committedAt: repository.committedAt, ...tree, history }
}

async function readTree(repository: Repository, cache: OutlineCache, signal: AbortSignal | undefined) {
  const files = await listTree(repository, signal)
  const candidates = sourceCandidates(files)
  const kept = candidates.slice(0, MAX_SOURCES)
  const outlines = await readOutlines(repository, kept, cache, signal)
  const sources: SourceFile[] = []
  kept.forEach(({ path, blob, language }, index) => {
    const outline = outlines[index]
    if (outline) sources.push({ path, blob, language, test: isTest(path), outline })
  })
  return { files, sources, unread: candidates.length - sources.length }
}

function sourceCandidates(files: readonly TreeFile[]): readonly Candidate[] {
  return files.flatMap(({ path, blob }) => {
    const language = languageOf(path)
    return language && !isVendored(path)
      ? [{ path, blob, language: language.name, family: language.family }]
      : []
  })
}

/** One outline per candidate, from the cache or from git; undefined where the object is missing. */
async function readOutlines(
  repository: Repository,
  candidates: readonly Candidate[],
  cache: OutlineCache,
  signal: AbortSignal | undefined,
): Promise<readonly (Outline | undefined)[]> {
  const known = cache.getAll(candidates)
  if (!known.includes(undefined)) return known
  const unseen = candidates.filter((_, index) => !known[index])
  const present = await readPresent(
    repository,
    unseen.map(({ blob }) => blob),
    signal,
  )
  const there = unseen.filter(({ blob }) => present.has(blob))
  const fresh = await scanBlobs(repository, there, signal)
  if (there.length < unseen.length && (await lacksOnlyLargeFiles(repository, signal))) {
    const scanner = new Scanner()
    for (const large of unseen.filter(({ blob }) => !present.has(blob)))
      fresh.set(large, scanner.scan(NO_CONTENT, large.family))
  }
  cache.putAll([...fresh])
  return candidates.map((candidate, index) => known[index] ?? fresh.get(candidate))
}

async function scanBlobs(
  repository: Repository,
  candidates: readonly Candidate[],
  signal: AbortSignal | undefined,
): Promise<Map<Candidate, Outline>> {
  const scanner = new Scanner()
  const outlines = new Map<Candidate, Outline>()
  const visit = (index: number, bytes: Buffer | null) => {
    const candidate = candidates[index]
    if (candidate && bytes) outlines.set(candidate, scanner.scan(bytes, candidate.family))
  }
  const ids = candidates.map(({ blob }) => blob)
  await readBlobs({ repository, ids, maxBytes: MAX_SOURCE_BYTES }, visit, signal)
  return outlines
}
