import { KnownError } from '../errors.ts'

/** Takes one object: its place among those asked for, and its content. */
export type Visit = (index: number, bytes: Buffer | null) => void

const NEWLINE = 10
const NOTHING = Buffer.alloc(0)

/** Cuts the stream of git-cat-file(1) `--batch` into objects: a header line, the content, a line feed. */
export class BatchReader {
  #pending: Buffer[] = []
  #pendingBytes = 0
  #neededBytes = 1
  /** Bytes still to be thrown away of an object that is too large. */
  #skipBytes = 0
  #index = 0
  readonly #count: number
  readonly #maxBytes: number
  readonly #visit: Visit

  constructor(count: number, maxBytes: number, visit: Visit) {
    this.#count = count
    this.#maxBytes = maxBytes
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

  /** @throws KnownError git-failed, when objects are missing at the end of the stream */
  end(): void {
    if (this.#index === this.#count && this.#pendingBytes === 0 && this.#skipBytes === 0) return
    throw new KnownError('git-failed', `cat-file ended after ${this.#index} of ${this.#count} objects`)
  }

  /** Visits every whole object in `data`; returns how many bytes were used. */
  #consume(data: Buffer): number {
    let at = this.#skip(data, 0)
    this.#neededBytes = 1
    while (at < data.length) {
      const lineEnd = data.indexOf(NEWLINE, at)
      if (lineEnd < 0) break
      const start = lineEnd + 1
      const size = contentSize(data.toString('latin1', at, lineEnd))
      if (size !== null && size <= this.#maxBytes && start + size + 1 > data.length) {
        this.#neededBytes = start + size + 1 - at
        break
      }
      at = this.#read(data, start, size)
    }
    return at
  }

  /** Visits the object whose content begins at `start`; returns where the next header begins. */
  #read(data: Buffer, start: number, size: number | null): number {
    if (size === null) {
      this.#visit(this.#index++, null)
      return start
    }
    if (size > this.#maxBytes) {
      this.#visit(this.#index++, NOTHING)
      this.#skipBytes = size + 1
      return this.#skip(data, start)
    }
    this.#visit(this.#index++, data.subarray(start, start + size))
    return start + size + 1
  }

  #skip(data: Buffer, start: number): number {
    const skipped = Math.min(this.#skipBytes, data.length - start)
    this.#skipBytes -= skipped
    return start + skipped
  }
}

/** The size in `<id> blob <size>`; null in `<id> missing`. */
function contentSize(header: string): number | null {
  const [, kind, size] = header.split(' ')
  if (kind === 'blob' || kind === 'tree' || kind === 'commit' || kind === 'tag') return Number(size)
  if (kind === 'missing') return null
  throw new KnownError('git-failed', `cat-file answered ${JSON.stringify(header.slice(0, 80))}`)
}
