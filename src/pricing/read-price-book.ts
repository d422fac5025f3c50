import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { readJsonFile } from '../json.ts'
import { listedIn } from './genai-prices.ts'
import type { PriceBook } from './price-book.ts'
import { parsePriceFile } from './price-file.ts'

/**
 * Loads the shipped prices and, if a file is named, the user's own. No network is used.
 * @throws KnownError `file-not-found`, `file-unreadable`, `prices-malformed`
 */
export async function readPriceBook(options: {
  /** Relative to `cwd`. */
  readonly file: string | null
  readonly cwd: string
}): Promise<PriceBook> {
  const library = await import('@pydantic/genai-prices')
  const { file, cwd } = options
  return {
    source: `genai-prices ${installedVersion()}`,
    ...listedIn(library),
    override: file === null ? null : parsePriceFile(await readOverride(resolve(cwd, file), file), file),
  }
}

async function readOverride(path: string, given: string): Promise<unknown> {
  const json = await readJsonFile(path, 'prices-malformed')
  if (json === null) throw new KnownError('file-not-found', given)
  return json
}

/** The version of the package that is installed: every stored cost names it. */
function installedVersion(): string {
  const manifest = new URL('../package.json', import.meta.resolve('@pydantic/genai-prices'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return version
}
