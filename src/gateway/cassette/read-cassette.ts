import { isUtf8 } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import { KnownError } from '../../errors.ts'
import { checkShape, parseJson } from '../../json.ts'
import { MAX_DEPTH } from '../../trajectory/is-too-deep.ts'
import { type Line, readLines } from '../../trajectory/read-lines.ts'
import { isObject } from './canonical-json.ts'
import {
  CASSETTE_SCHEMA,
  type Cassette,
  CassetteHeader,
  CassetteLine,
  KEY_RULES,
  type Recorded,
} from './cassette-file.ts'
import { parseShallow } from './parse-shallow.ts'
import { lenientKey, strictKey } from './request-keys.ts'

/** Longer lines are neither written nor read: no text may be as long as two of them. */
export const MAX_LINE_BYTES = 240 * 1024 * 1024

/**
 * Reads a cassette. A last line that was not written to its end, as a killed process leaves it, is passed over with a
 * note. @throws KnownError `file-not-found`, `file-unreadable`, `cassette-malformed` with file, line and what is wrong
 */
export async function readCassette(file: string): Promise<Cassette> {
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  try {
    return await cassetteOf(file, handle)
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(file, error) : error
  } finally {
    await handle.close()
  }
}

async function cassetteOf(file: string, handle: FileHandle): Promise<Cassette> {
  let header: CassetteHeader | null = null
  const exchanges = new Map<number, Recorded>()
  let broken: KnownError | null = null
  for await (const line of readLines(handle.createReadStream({ autoClose: false }), MAX_LINE_BYTES)) {
    if (broken !== null) throw broken
    const where = `${file}, line ${line.number}`
    const { value, error } = jsonOf(line, where)
    if (error !== null) broken = error
    else if (value === undefined) continue
    else if (header === null) header = headerOf(value, file)
    else add(exchanges, recordedOf(value, where, header), where)
  }
  // Only a line without an end was being written when its writer was killed.
  if (broken !== null && (header === null || (await endsWithLine(handle)))) throw broken
  if (header === null) throw new KnownError('cassette-malformed', `${file} is empty`)
  return {
    file,
    header,
    exchanges: [...exchanges.values()].sort((a, b) => a.order - b.order),
    notes: broken === null ? [] : [`the last line of ${file} is cut off: its exchange is not replayed`],
  }
}

/** The JSON of a line; undefined = it is blank. */
function jsonOf({ number, bytes }: Line, where: string): { value: unknown; error: KnownError | null } {
  const malformed = (what: string) => ({
    value: undefined,
    error: new KnownError('cassette-malformed', `${where}: ${what}`),
  })
  if (bytes === null) return malformed(`longer than ${MAX_LINE_BYTES / 2 ** 20} MiB`)
  if (!isUtf8(bytes)) return malformed('not UTF-8 text')
  const text = number === 1 ? bytes.toString().replace(/^\uFEFF/, '') : bytes.toString()
  if (!/\S/.test(text)) return { value: undefined, error: null }
  const value = parseShallow(Buffer.from(text), MAX_DEPTH)
  if (value !== undefined) return { value, error: null }
  try {
    parseJson(text, where, 'cassette-malformed')
  } catch (error) {
    if (error instanceof KnownError) return { value, error }
    throw error
  }
  return malformed(`nested deeper than ${MAX_DEPTH}`)
}

/** The version is looked at before all else: of another one, nothing else can be told. */
function headerOf(value: unknown, file: string): CassetteHeader {
  const schema = isObject(value) ? value.schema : undefined
  if (typeof schema !== 'string' || !schema.startsWith('cassette/')) {
    throw new KnownError(
      'cassette-malformed',
      `${file}, line 1: no cassette begins so, but with {"schema":"${CASSETTE_SCHEMA}", …}`,
    )
  }
  if (schema !== CASSETTE_SCHEMA) {
    throw new KnownError(
      'cassette-malformed',
      `${file}, line 1: it is of the form ${JSON.stringify(schema)}, and ${CASSETTE_SCHEMA} is what can be read`,
      { fix: 'record it anew, or use the version that recorded it' },
    )
  }
  return checkShape(CassetteHeader, value, `${file}, line 1`, 'cassette-malformed')
}

/** A line with keys that fit its request, which a person may have edited. */
function recordedOf(value: unknown, where: string, { keyRules }: CassetteHeader): Recorded {
  const line = checkShape(CassetteLine, value, where, 'cassette-malformed')
  const strict = strictKey(line, line.query, line.body)
  const fits = keyRules === KEY_RULES && line.keys?.strict === strict
  const lenient =
    fits && line.keys !== undefined ? line.keys.lenient : lenientKey(line, line.query, line.body)
  return { ...line, keys: { strict, lenient } }
}

function add(exchanges: Map<number, Recorded>, line: Recorded, where: string): void {
  if (exchanges.has(line.order))
    throw new KnownError('cassette-malformed', `${where}: /order: ${line.order} is there twice`)
  exchanges.set(line.order, line)
}

async function endsWithLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat()
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}

function unreadable(file: string, cause: unknown): KnownError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  if (reason === 'ENOENT' || reason === 'ENOTDIR') return new KnownError('file-not-found', file, { cause })
  return new KnownError('file-unreadable', `${file} (${reason})`, { cause })
}
