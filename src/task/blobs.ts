import { KnownError } from '../errors.ts'
import { streamGit } from './git.ts'
import type { Repository } from './repository.ts'

const NEWLINE = 10

/**
 * Reads blobs through one `git cat-file --batch` and hands each to `visit` in the order asked, its bytes valid only
 * during the call. `bytes` is null for an object the repository lacks, as in a partial clone.
 */
export async function readBlobs(
  repository: Repository,
  ids: readonly string[],
  visit: (index: number, bytes: Buffer | null) => void,
  signal?: AbortSignal,
): Promise<void> {
  const reader = new BatchReader(ids.length, visit)
  const call = {
    directory: repository.gitDirectory,
    args: ['cat-file', '--batch', '--buffer'],
    input: `${ids.join('\n')}\n`,
    signal,
  }
  if (ids.length === 0) return
  for await (const chunk of streamGit(call)) reader.push(chunk)
  reader.end()
}

/** Cuts the stream of git-cat-file(1) `--batch` into objects: a header line, the content, a line feed. */
class BatchReader {
  #pending: Buffer[] = []
  #pendingBytes = 0
  #neededBytes = 1
  #index = 0
  readonly #count: number
  readonly #visit: (index: number, bytes: Buffer | null) => void

  constructor(count: number, visit: (index: number, bytes: Buffer | null) => void) {
    this.#count = count
    this.#visit = visit
  }

  push(chunk: Buffer): void {
    this.#pending.push(chunk)
    this.#pendingBytes += chunk.length
    if (this.#pendingBytes < this.#neededBytes) return
    const data = this.#pending.length === 1 ? chunk : Buffer.concat(this.#pending)
    const rest = data.subarray(this.#consume(data))
    this.#pending = rest.length === 0 ? [] : [rest]
    this.#pendingBytes = rest.length
  }

  end(): void {
    if (this.#index === this.#count && this.#pendingBytes === 0) return
    throw new KnownError('git-failed', `cat-file ended after ${this.#index} of ${this.#count} objects`)
  }

  /** Visits every whole object in `data`; returns how many bytes were used. */
  #consume(data: Buffer): number {
    let at = 0
    this.#neededBytes = 1
    while (at < data.length) {
      const lineEnd = data.indexOf(NEWLINE, at)
      if (lineEnd < 0) break
      const size = contentSize(data.toString('latin1', at, lineEnd))
      const end = size === null ? lineEnd + 1 : lineEnd + 1 + size + 1
      if (end > data.length) {
        this.#neededBytes = end - at
        break
      }
      this.#visit(this.#index++, size === null ? null : data.subarray(lineEnd + 1, end - 1))
      at = end
    }
    return at
  }
}

/** The size in `<id> blob <size>`; null in `<id> missing`. */
function contentSize(header: string): number | null {
  const [, kind, size] = header.split(' ')
  if (kind === 'blob' || kind === 'tree' || kind === 'commit' || kind === 'tag') return Number(size)
  if (kind === 'missing') return null
  throw new KnownError('git-failed', `cat-file answered ${JSON.stringify(header.slice(0, 80))}`)
}
