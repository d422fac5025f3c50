const NEWLINE = 10

/** Longer lines are no tasks; they are skipped over without being held. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

/** A line of a stream; `bytes` is null for one that is too long. */
export interface Line {
  readonly number: number
  readonly bytes: Buffer | null
}

/** Cuts a stream of bytes into lines, without their line feeds, holding one line at most. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let held: Buffer[] = []
  let size = 0
  let number = 1
  const take = (): Line => {
    const bytes = size > MAX_LINE_BYTES ? null : Buffer.concat(held)
    held = []
    size = 0
    return { number: number++, bytes }
  }
  const hold = (part: Buffer) => {
    size += part.length
    if (size > MAX_LINE_BYTES) held = []
    else held.push(part)
  }
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      hold(rest.subarray(0, end))
      yield take()
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) hold(Buffer.from(rest))
  }
  if (size > 0) yield take()
}
