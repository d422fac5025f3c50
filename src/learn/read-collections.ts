import { nameColumn } from '../store/episode-names.ts'
import type { Episodes, Names } from '../store/episodes.ts'
import type { Store } from '../store/open-store.ts'

/**
 * From which of its collections each run of the public corpus is, such as `swe_effi`; −1 for other runs. The maps of the corpus
 * put it first in the key, of which it is the part before the first slash.
 */
export function readCollections({ database }: Store, episodes: Episodes): Names {
  const keys = database
    .prepare<[], [row: number, collection: string]>(
      `SELECT runs.row, substr(runs.key, 1, instr(runs.key, '/') - 1)
       FROM runs JOIN sources ON sources.row = runs.source
       WHERE sources.format IN ('map/corpus-runs', 'map/corpus-calls') AND instr(runs.key, '/') > 1`,
    )
    .raw()
  const collections = new Map(keys.iterate())
  const column = nameColumn(episodes.size)
  for (const [place, row] of episodes.row.entries()) column.set(place, collections.get(row) ?? null)
  return column.named()
}
