import { resolve } from 'node:path'
import { git } from './git.ts'
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
