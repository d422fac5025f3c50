import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runGit } from './git.ts'
import type { Repository } from './repository.ts'

/**
 * Those of the objects that the repository has. In a partial clone the others must not be asked for: git would fetch
 * them one by one, and many versions of it cannot be told not to.
 */
export async function readPresent(
  repository: Repository,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (!(await isPartial(repository))) return new Set(ids)
  // --stdin comes last: what it reads is judged by the options before it.
  const args = ['rev-list', '--objects', '--no-walk', '--ignore-missing', '--missing=print', '--stdin']
  const input = `${ids.join('\n')}\n`
  const listing = await runGit({ directory: repository.gitDirectory, args, input, signal })
  return new Set(listing.toString('latin1').match(/^[0-9a-f]+/gm))
}

/** A clone made with `--filter` marks its packs, see gitrepository-layout(5). */
async function isPartial({ gitDirectory }: Repository): Promise<boolean> {
  const shared = await readFile(resolve(gitDirectory, 'commondir'), 'utf8').catch(() => '.') // only linked trees have it
  const packs = resolve(gitDirectory, shared.replace(/\n$/, ''), 'objects/pack')
  const names = await readdir(packs).catch(() => []) // a small repository may have none
  return names.some((name) => name.endsWith('.promisor'))
}
