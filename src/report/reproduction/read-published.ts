import { readFile } from 'node:fs/promises'
import { csvParse } from 'd3-dsv'
import { z } from 'zod'
import { KnownError } from '../../errors.ts'
import { checkShape } from '../../json.ts'
import { type Published, publishedOf } from './published.ts'

const Row = z.object({
  study: z.string().min(1),
  row: z.string().min(1),
  figure: z.string().min(1),
  value: z.coerce.number(),
})

/** Reads `data/published.csv`. @throws KnownError file-not-found, data-malformed */
export async function readPublished(file: string): Promise<Published> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KnownError('file-not-found', file, { cause })
  })
  const rows = csvParse(text).map((row, i) => checkShape(Row, row, `${file} line ${i + 2}`, 'data-malformed'))
  return publishedOf(rows)
}
