import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { readJsonFile } from '../json.ts'
import type { Format } from './format.ts'

/**
 * The format that a map file makes of a table; `file` is relative to `cwd`.
 * @throws KnownError `file-not-found`, `file-unreadable`, `map-malformed`
 */
export async function readMap(file: string, cwd: string): Promise<Format> {
  const { mappedFormat, parseMap } = await import('./csv-map.ts')
  const json = await readJsonFile(resolve(cwd, file), 'map-malformed')
  if (json === null) throw new KnownError('file-not-found', file)
  return mappedFormat(parseMap(json, file))
}
