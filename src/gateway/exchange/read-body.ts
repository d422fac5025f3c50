import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'

/** A body as it came, and as text. */
export interface RequestBody {
  readonly kind: 'read'
  readonly bytes: Uint8Array
  readonly text: string
  /** The bytes are compressed, and the text is not. */
  readonly isEncoded: boolean
}

export type BodyAnswer =
  | RequestBody
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'gone' }

/** Reads the whole body of a request, of at most so many bytes, compressed or not. Of a longer one nothing more is kept. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<BodyAnswer> {
  const told = Number(request.headers['content-length'])
  if (told > mostBytes) return { kind: 'too-large' }
  const bytes = await collect(request, mostBytes)
  if (bytes === 'too-large' || bytes === 'gone') return { kind: bytes }
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') {
    return { kind: 'read', bytes, text: bytes.toString('utf8'), isEncoded: false }
  }
  const decode = DECODERS.get(encoding)
  if (decode === undefined)
    return { kind: 'malformed', reason: `the content encoding ${encoding} is not known` }
  try {
    const plain = await decode(bytes, { maxOutputLength: mostBytes })
    return { kind: 'read', bytes, text: plain.toString('utf8'), isEncoded: true }
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return isTooLarge ? { kind: 'too-large' } : { kind: 'malformed', reason: `the body is not ${encoding}` }
  }
}

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify<Buffer, object, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, object, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, object, Buffer>(inflate)],
  ['br', promisify<Buffer, object, Buffer>(brotliDecompress)],
  ['zstd', promisify<Buffer, object, Buffer>(zstdDecompress)],
])

function collect(request: IncomingMessage, mostBytes: number): Promise<Buffer | 'too-large' | 'gone'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size <= mostBytes) parts.push(part)
      else {
        // The rest is taken and dropped, so that the client gets to read the answer.
        parts.length = 0
        resolve('too-large')
      }
    })
    request.on('end', () => resolve(Buffer.concat(parts)))
    request.on('error', () => resolve('gone'))
    request.on('close', () => resolve('gone'))
  })
}
