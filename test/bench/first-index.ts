import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drainGit, runNode } from './child.ts'
import { type Finding, ratioOf } from './finding.ts'
import { git } from './git.ts'
import type { Indexed } from './index-once.ts'
import type { BenchRepository } from './repository.ts'
import { temporaryFolder } from './temporary.ts'

const INDEX_ONCE = fileURLToPath(new URL('./index-once.ts', import.meta.url))
const ROUNDS = 9

/**
 * The first index of a repository, against git alone reading the same blobs; then that of the next commit, against the
 * first.
 */
export async function firstIndex(open: () => BenchRepository): Promise<readonly Finding[]> {
  const repository = open()
  const { path, first, next, what } = repository
  const { times, sources, bytes } = await timesOf(repository)
  const size = `${sources} source files, ${(bytes / 1e6).toFixed(1)} MB`
  const changes = git(path, 'diff-tree', '-r', '--name-only', first, next).split('\n').length
  const changed = `${changes} ${changes === 1 ? 'file' : 'files'} changed`
  return [
    ratioOf(times.first, times.git, {
      target: 4,
      what: (ours, theirs) =>
        `first index of the ${what} (${size}): ${ours}, against git cat-file --batch: ${theirs}`,
    }),
    ratioOf(times.first, times.buffered, {
      target: null,
      what: (ours, theirs) => `the same: ${ours}, against git cat-file --batch --buffer: ${theirs}`,
    }),
    ratioOf(times.next, times.first, {
      target: 0.25,
      what: (ours, theirs) => `the next commit (${changed}): ${ours}, against the first index: ${theirs}`,
    }),
  ]
}

async function timesOf({ path, first, next }: BenchRepository) {
  const cache = join(temporaryFolder(), 'cache')
  const { sources } = await indexOnce(path, first, cache)
  const ids = `${sources.join('\n')}\n`
  const cat = (...flags: readonly string[]) => drainGit(['-C', path, 'cat-file', '--batch', ...flags], ids)
  const { bytes } = await cat()
  const times = { first: [] as number[], next: [] as number[], git: [] as number[], buffered: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) times.git.push((await cat()).ms)
    times.buffered.push((await cat('--buffer')).ms)
    rmSync(cache, { recursive: true, force: true })
    times.first.push((await indexOnce(path, first, cache)).ms)
    times.next.push((await indexOnce(path, next, cache)).ms)
    if (round % 2 === 1) times.git.push((await cat()).ms)
  }
  return { times, sources: sources.length, bytes }
}

async function indexOnce(path: string, commit: string, cache: string): Promise<Indexed> {
  const { stdout } = await runNode([INDEX_ONCE, path, commit, cache], dirname(cache))
  return JSON.parse(stdout) as Indexed
}
