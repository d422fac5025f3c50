import type { Bundle } from '../../forecast/bundle.ts'
import type { Dataset } from '../dataset.ts'
import { trainBundle } from '../train.ts'
import type { Replayed } from './corpus-history.ts'

/** What would be shipped if a source had never been seen: made from the tables without its tasks, and without its pair. */
export async function replayBase(
  dataset: Dataset,
  source: Replayed,
  tasks: ReadonlySet<string>,
): Promise<Bundle> {
  const keep = dataset.tasks.flatMap(({ id }, t) => (tasks.has(id) ? [] : [t]))
  const placeOf = new Map(keep.map((t, place) => [t, place]))
  const pairs = dataset.pairs.flatMap(({ agent }, p) =>
    source === 'mini_gemini3_traj' && agent === 'mini-swe-agent' ? [] : [p],
  )
  const pick = <Value>(values: readonly Value[], places: readonly number[]): Value[] =>
    places.map((place) => values[place] as Value)
  const spend = pick(dataset.spend, pairs).map(
    (rows) =>
      new Map(
        [...rows].flatMap(([t, row]) => {
          const place = placeOf.get(t)
          return place === undefined ? [] : [[place, row] as const]
        }),
      ),
  )
  const part: Dataset = {
    ...{ tasks: pick(dataset.tasks, keep), pairs: pick(dataset.pairs, pairs), spend },
    ...{ caching: pick(dataset.caching, pairs), hash: dataset.hash },
  }
  const { bundle } = await trainBundle(part, { id: `without-${source.replaceAll('_', '-')}`, seed: 1 })
  return bundle
}
