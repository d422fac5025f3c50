import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'

/** Of a frame: which output (1, 2), three zeros, and the length of what follows. */
const HEADER_BYTES = 8
const STDERR = 2

export interface SplitOutputs {
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles at the end of both, also where the engine broke off. */
  readonly ended: Promise<void>
}

/**
 * The two outputs of a command in the one stream of the engine (Docker API, "Stream format"). What is not read is waited for: a
 * command that writes faster than a disk fills no memory.
 */
export function splitOutputs(stream: Readable): SplitOutputs {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const pass = async () => {
    let [header, left, target] = [Buffer.alloc(0), 0, stdout]
    for await (let chunk of stream as AsyncIterable<Buffer>) {
      while (chunk.length > 0) {
        if (left === 0) {
          const missing = HEADER_BYTES - header.length
          header = Buffer.concat([header, chunk.subarray(0, missing)])
          chunk = chunk.subarray(missing)
          if (header.length < HEADER_BYTES) continue
          target = header[0] === STDERR ? stderr : stdout
          left = header.readUInt32BE(4)
          header = Buffer.alloc(0)
        }
        const part = chunk.subarray(0, left)
        left -= part.length
        chunk = chunk.subarray(part.length)
        if (part.length > 0 && !target.write(part)) await once(target, 'drain')
      }
    }
  }
  const end = () => {
    stdout.end()
    stderr.end()
  }
  // An engine that breaks off is told of by its events.
  return { stdout, stderr, ended: pass().then(end, end) }
}
