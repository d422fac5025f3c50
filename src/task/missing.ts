import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runGit } from './git.ts'
import type { Repository } from './repository.ts'

/**
 * Ids of the objects of the commit's tree that a partial clone has not fetched. They must not be asked for: git would
 * fetch them one by one, and many versions of it cannot be told not to.
 */
export async function readMissing(
  repository: Repository,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (!(await isPartial(repository))) return new Set()
  const args = ['rev-list', '--objects', '--missing=print', repository.tree]
  const listing = await runGit({ directory: repository.gitDirectory, args, signal })
  const missing = listing.toString('latin1').matchAll(/^\?([0-9a-f]+)$/gm)
  return new Set(Array.from(missing, ([, id = '']) => id))
}

/** A clone made with `--filter` marks its packs, see gitrepository-layout(5). */
async function isPartial({ gitDirectory }: Repository): Promise<boolean> {
  const shared = await readFile(resolve(gitDirectory, 'commondir'), 'utf8').catch(() => '.') // only linked trees have it
  const packs = resolve(gitDirectory, shared.replace(/\n$/, ''), 'objects/pack')
  const names = await readdir(packs).catch(() => []) // a small repository may have none
  return names.some((name) => name.endsWith('.promisor'))
}
