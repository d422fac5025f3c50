import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { syntheticRepository } from './synthetic-repository.ts'

/** A repository at two commits, one after the other. */
export interface BenchRepository {
  readonly path: string
  readonly first: string
  readonly next: string
  readonly what: string
}

/** The repository that was named, at the commit that was named (default: HEAD); a synthetic one, made when asked for. */
export function repositoryFor(path: string | null, commit: string | null): () => BenchRepository {
  let made: BenchRepository | undefined
  return () => {
    made ??= path === null ? synthetic() : existing(resolve(path), commit ?? 'HEAD')
    return made
  }
}

/** Runs git and returns what it printed, without the last line end. */
export function git(directory: string, ...args: readonly string[]): string {
  const run = spawnSync('git', ['-C', directory, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 })
  if (run.status !== 0) throw new Error(`git ${args.join(' ')}: ${run.stderr}`)
  return run.stdout.replace(/\n$/, '')
}

function synthetic(): BenchRepository {
  const path = syntheticRepository()
  return { ...ends(path, 'HEAD'), path, what: 'synthetic repository' }
}

function existing(path: string, commit: string): BenchRepository {
  return { ...ends(path, commit), path, what: path }
}

const ends = (path: string, commit: string) => ({
  first: git(path, 'rev-parse', `${commit}^`),
  next: git(path, 'rev-parse', `${commit}^{commit}`),
})
