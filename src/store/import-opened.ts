import { KnownError } from '../errors.ts'
import type { Format } from '../trajectory/format.ts'
import { formatOf } from '../trajectory/formats.ts'
import type { OpenedSource } from '../trajectory/opened-source.ts'
import { type Importing, importSource, type SourceReport } from './import-source.ts'

/** A source of which nothing was imported; without an error no format knows it. */
export interface SkippedSource {
  readonly name: string
  readonly error: KnownError | null
}

/**
 * Imports a source by a map, or in the format it shows itself to be in. A source that cannot be read as a whole costs only
 * itself.
 * @throws KnownError `store-failed`
 */
export async function importOpened(
  importing: Importing,
  source: OpenedSource,
  { mapped, signal }: { readonly mapped: Format | null; readonly signal: AbortSignal },
): Promise<SourceReport | SkippedSource> {
  const format = mapped ?? formatOf(source)
  if (format === null) return { name: source.name, error: null }
  try {
    const isOnce = source.name === 'standard input'
    const about = { name: source.name, sha256: isOnce ? null : await source.sha256(), format }
    return await importSource(importing, about, format.read(source, signal), () => source.sha256())
  } catch (error) {
    if (!(error instanceof KnownError) || error.code === 'store-failed') throw error
    return { name: source.name, error }
  }
}
