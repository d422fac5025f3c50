import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Request } from 'express'
import { KnownError } from '../../errors.ts'
import { goOn } from './go-on.ts'

/** A body that was laid into a file, until it is dropped. */
export interface Upload {
  readonly file: string
  /** Its own: nothing else is in it. */
  readonly folder: string
  readonly bytes: number
  readonly sha256: Buffer
  readonly drop: () => Promise<void>
}

interface Limits {
  /** Where files are laid. */
  readonly folder: string
  readonly mostBytes: number
  readonly types: readonly string[]
}

/** Lays a body into a file as it comes. @throws KnownError `media-type`, `body-too-large`, `request-malformed` */
export async function readUpload(request: Request, { folder, mostBytes, types }: Limits): Promise<Upload> {
  checkType(request, types)
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes)
  goOn(request)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const own = await mkdtemp(join(folder, 'upload-'))
  const file = join(own, 'upload')
  const drop = (): Promise<void> => rm(own, { recursive: true, force: true })
  const hash = createHash('sha256')
  let bytes = 0
  try {
    await pipeline(
      request,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length
          if (bytes > mostBytes) throw tooLarge(mostBytes)
          hash.update(chunk)
          yield chunk
        }
      },
      createWriteStream(file, { flags: 'wx', mode: 0o600 }),
    )
  } catch (error) {
    await drop()
    throw request.destroyed && !(error instanceof KnownError) && !request.complete
      ? new KnownError('request-malformed', 'the body ended too early', { cause: error })
      : error
  }
  if (bytes > 0) return { file, folder: own, bytes, sha256: hash.digest(), drop }
  await drop()
  throw new KnownError('request-malformed', 'the body is empty')
}

function checkType({ headers }: Request, types: readonly string[]): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type === undefined || !types.includes(type)) {
    throw new KnownError('media-type', headers['content-type'] ?? 'no Content-Type', {
      fix: `send one of ${types.join(', ')}`,
    })
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw new KnownError('media-type', `Content-Encoding ${encoding}`, {
      fix: 'send the compressed file itself, as application/gzip',
    })
}

const tooLarge = (mostBytes: number): KnownError =>
  new KnownError('body-too-large', `more than ${mostBytes.toLocaleString('en-US')} bytes`)
