import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drain, runNode } from './child.ts'
import { type Finding, ratioOf } from './finding.ts'
import type { Indexed } from './index-once.ts'
import { type BenchRepository, git } from './repository.ts'
import { temporaryFolder } from './temporary.ts'

const INDEX_ONCE = fileURLToPath(new URL('./index-once.ts', import.meta.url))
const ROUNDS = 9

/**
 * The first index of a repository, against git alone reading the same blobs; then that of the next commit, against the
 * first.
 */
export async function firstIndex(open: () => BenchRepository): Promise<readonly Finding[]> {
  const repository = open()
  const cache = join(temporaryFolder(), 'cache')
  const { path, first, next } = repository
  const index = (commit: string) => indexOnce(path, commit, cache)
  const { sources } = await index(first)
  const ids = `${sources.join('\n')}\n`
  const cat = (...flags: readonly string[]) =>
    drain('git', ['-C', path, 'cat-file', '--batch', ...flags], ids)
  const { bytes } = await cat()
  const times = { first: [] as number[], next: [] as number[], git: [] as number[], buffered: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) times.git.push((await cat()).ms)
    times.buffered.push((await cat('--buffer')).ms)
    rmSync(cache, { recursive: true, force: true })
    times.first.push((await index(first)).ms)
    times.next.push((await index(next)).ms)
    if (round % 2 === 1) times.git.push((await cat()).ms)
  }
  const size = `${sources.length} source files, ${(bytes / 1e6).toFixed(1)} MB`
  const changes = git(path, 'diff-tree', '-r', '--name-only', first, next).split('\n').length
  return [
    ratioOf(times.first, times.git, {
      target: 4,
      what: (ours, theirs) =>
        `first index of the ${repository.what} (${size}): ${ours}, against git cat-file --batch: ${theirs}`,
    }),
    ratioOf(times.first, times.buffered, {
      target: null,
      what: (ours, theirs) => `the same: ${ours}, against git cat-file --batch --buffer: ${theirs}`,
    }),
    ratioOf(times.next, times.first, {
      target: 0.25,
      what: (ours, theirs) =>
        `the next commit (${changes} ${changes === 1 ? 'file' : 'files'} changed): ${ours}, against the first index: ${theirs}`,
    }),
  ]
}

async function indexOnce(path: string, commit: string, cache: string): Promise<Indexed> {
  const { stdout } = await runNode([INDEX_ONCE, path, commit, cache], temporaryRoot())
  return JSON.parse(stdout) as Indexed
}

let root: string | undefined
function temporaryRoot(): string {
  root ??= temporaryFolder()
  return root
}
