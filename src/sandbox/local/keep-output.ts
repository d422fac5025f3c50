import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { OutputFile } from '../sandbox.ts'

/** What became of an output. */
export interface KeptOutput {
  /** All that was written, also what was dropped. */
  readonly bytes: number
  /** The first of it, as text. */
  readonly head: string
  /** Why it could not be kept; null = it was. */
  readonly trouble: string | null
}

const HEAD_BYTES = 2000

/** Keeps an output in a file until it is full. It is read to its end all the same: whoever writes never waits. */
export async function keepOutput(stream: Readable, to: OutputFile): Promise<KeptOutput> {
  let bytes = 0
  let head = ''
  let trouble: string | null = null
  const note = (error: unknown) => {
    trouble ??= `${to.path} could not be written: ${error instanceof Error ? error.message : error}`
  }
  const file = await open(to.path, 'w', 0o600).catch(note)
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const kept = chunk.subarray(0, Math.max(0, to.maxBytes - bytes))
    if (head.length < HEAD_BYTES) head += chunk.subarray(0, HEAD_BYTES).toString('utf8')
    bytes += chunk.length
    if (kept.length > 0 && trouble === null) await file?.writeFile(kept).catch(note)
  }
  await file?.close()
  return { bytes, head, trouble }
}
