import type { Request } from 'express'
import { KnownError } from '../../errors.ts'
import { parseJson } from '../../json.ts'
import { goOn } from './go-on.ts'

/** A body of JSON: its bytes, and what they say. */
export interface JsonBody {
  readonly bytes: Buffer
  readonly value: unknown
}

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i

interface Limits {
  readonly mostBytes: number
  readonly timeoutMs: number
}

/** Reads a body of JSON. @throws KnownError `media-type`, `body-too-large`, `request-timeout`, `request-malformed` */
export async function readJson(request: Request, limits: Limits): Promise<JsonBody> {
  const type = request.headers['content-type']
  if (type === undefined || !JSON_TYPE.test(type)) {
    throw new KnownError('media-type', type ?? 'no Content-Type', { fix: 'send application/json' })
  }
  const charset = /;\s*charset="?([\w-]+)/i.exec(type)?.[1]?.toLowerCase()
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new KnownError('media-type', `charset ${charset}`, { fix: 'send UTF-8' })
  }
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new KnownError('media-type', `Content-Encoding ${encoding}`, { fix: 'send it as it is' })
  }
  const bytes = await readBytes(request, limits)
  const value = parseJson(textOf(bytes), 'the body', 'request-malformed')
  if (isDeeper(value, DEEPEST))
    throw new KnownError('request-malformed', `the body nests more than ${DEEPEST} levels deep`)
  return { bytes, value }
}

/** Nothing that is taken nests so deep, and what goes through it calls itself for each level. */
const DEEPEST = 64

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1))
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new KnownError('request-malformed', 'the body is not UTF-8')
  }
}

/** Every byte of a body, within limits of size and time. */
function readBytes(request: Request, { mostBytes, timeoutMs }: Limits): Promise<Buffer> {
  const told = Number(request.headers['content-length'] ?? 0)
  if (told > mostBytes) return Promise.reject(tooLarge(mostBytes))
  goOn(request)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => {
      end()
      reject(new KnownError('request-timeout', `the body was not here after ${timeoutMs / 1000} s`))
    }, timeoutMs)
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= mostBytes) return
      end()
      reject(tooLarge(mostBytes))
    }
    const onEnd = (): void => {
      end()
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
    }
    const onGone = (): void => {
      end()
      reject(new KnownError('request-malformed', 'the body ended too early'))
    }
    const end = (): void => {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      request.pause()
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

const tooLarge = (mostBytes: number): KnownError =>
  new KnownError('body-too-large', `more than ${mostBytes.toLocaleString('en-US')} bytes`)
