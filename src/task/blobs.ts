import { BatchReader, type Visit } from './batch-reader.ts'
import { streamGit } from './git.ts'
import type { Repository } from './repository.ts'

/** Which blobs to read. */
export interface BlobRequest {
  readonly repository: Repository
  readonly ids: readonly string[]
  /** Larger ones are given as empty, and never held in memory. */
  readonly maxBytes: number
}

/**
 * Reads blobs through one `git cat-file --batch` and hands each to `visit` in the order asked, its bytes valid only
 * during the call. `bytes` is null for an object the repository lacks.
 */
export async function readBlobs(
  { repository, ids, maxBytes }: BlobRequest,
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
