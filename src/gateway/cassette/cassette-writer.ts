import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KnownError } from '../../errors.ts'
import { CASSETTE_SCHEMA, type CassetteHeader, KEY_RULES, type Recorded } from './cassette-file.ts'
import { MAX_LINE_BYTES } from './read-cassette.ts'

/** A cassette that is being recorded. */
export interface CassetteWriter {
  /** How many exchanges began before: the `order` of this one. */
  readonly begin: () => number
  /**
   * Appends a line once those before it are written. After a failure nothing more is written, so that every line but
   * the last is whole. @throws KnownError file-not-written
   */
  readonly write: (line: Recorded) => Promise<void>
  /** Ends the recording when all lines are written. @throws KnownError file-not-written */
  readonly close: () => Promise<void>
}

export interface WriterOptions {
  /** ISO 8601, UTC. */
  readonly recordedAt: string
  /** Write over the cassette that is there. */
  readonly replace: boolean
}

/**
 * Begins a cassette. Lines are appended as exchanges end: what a killed process leaves can be read.
 * @throws KnownError file-not-written, also where a file is there that is no cassette, or must not be replaced
 */
export async function cassetteWriter(file: string, options: WriterOptions): Promise<CassetteWriter> {
  const handle = await openNew(file, options.replace)
  const { append, close } = appender(file, handle)
  const header: CassetteHeader = {
    schema: CASSETTE_SCHEMA,
    keyRules: KEY_RULES,
    recordedAt: options.recordedAt,
  }
  let begun = 0
  try {
    await append(header)
  } catch (error) {
    await handle.close().catch(() => {}) // the first failure is the one to tell
    throw error
  }
  return { begin: () => begun++, write: append, close }
}

/** Writes one whole line after the other, whoever asks for it. */
function appender(file: string, handle: FileHandle) {
  let last: Promise<void> = Promise.resolve()
  const append = (value: object): Promise<void> => {
    const line = Buffer.from(`${JSON.stringify(value)}\n`)
    last = last.then(async () => {
      if (line.length > MAX_LINE_BYTES) throw notWritten(file, 'an exchange is too long for a line')
      await handle.appendFile(line).catch((cause: unknown) => {
        throw notWritten(file, reasonOf(cause), cause)
      })
    })
    last.catch(() => {}) // told to who awaits it, and by `close`
    return last
  }
  const close = async (): Promise<void> => {
    try {
      await last
    } finally {
      await handle.close()
    }
  }
  return { append, close }
}

async function openNew(file: string, replace: boolean): Promise<FileHandle> {
  try {
    await mkdir(dirname(file), { recursive: true })
    return await open(file, 'ax')
  } catch (cause) {
    if (reasonOf(cause) !== 'EEXIST') throw notWritten(file, reasonOf(cause), cause)
  }
  try {
    const handle = await open(file, 'r+')
    try {
      await checkReplaceable(file, handle, replace)
      await handle.truncate(0)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  } catch (cause) {
    throw cause instanceof KnownError ? cause : notWritten(file, reasonOf(cause), cause)
  }
}

/** An empty file holds nothing that could be lost. */
async function checkReplaceable(file: string, handle: FileHandle, replace: boolean): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
  if (bytesRead === 0) return
  const isCassette = /^\uFEFF?\s*\{\s*"schema"\s*:\s*"cassette\//.test(buffer.toString())
  if (!isCassette) {
    throw new KnownError('file-not-written', `${file} is there, and is no cassette`, {
      fix: 'name another file',
    })
  }
  if (replace) return
  throw new KnownError('file-not-written', `${file} is there`, {
    fix: 'replay it, remove it, or name another file',
  })
}

const notWritten = (file: string, reason: string, cause?: unknown): KnownError =>
  new KnownError('file-not-written', `${file} (${reason})`, { cause })

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
