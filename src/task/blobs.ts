import { BatchReader, type Visit } from './batch-reader.ts'
import { streamGit } from './git.ts'
import type { Repository } from './repository.ts'

/**
 * Reads blobs through one `git cat-file --batch` and hands each to `visit` in the order asked, its bytes valid only
 * during the call. `bytes` is null for an object the repository lacks, as in a partial clone, and empty for one of more
 * than `maxBytes`, which is never held in memory.
 */
export async function readBlobs(
  repository: Repository,
  ids: readonly string[],
  maxBytes: number,
  visit: Visit,
  signal?: AbortSignal,
): Promise<void> {
  if (ids.length === 0) return
  const reader = new BatchReader(ids.length, maxBytes, visit)
  const call = {
    directory: repository.gitDirectory,
    args: ['cat-file', '--batch', '--buffer'],
    input: `${ids.join('\n')}\n`,
    signal,
  }
  for await (const chunk of streamGit(call)) reader.push(chunk)
  reader.end()
}
