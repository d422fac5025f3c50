import type { TaskMean } from '../learn/corpus-means.ts'
import type { MatchedEstimate } from '../store/keep-estimates.ts'
import type { Store } from '../store/open-store.ts'
import { ALL_RUNS, type RunFilter, readRuns } from '../store/read-runs.ts'

/** What means of runs do not tell: asked for by it, none is chosen. */
const NOT_TOLD = ['repository', 'format', 'outcome', 'from', 'before'] as const

/** The means of a corpus that a filter of runs chooses; names match as they do in the store. */
export function chosenMeans(
  { database }: Store,
  filter: RunFilter,
  means: readonly TaskMean[],
): readonly TaskMean[] {
  if (NOT_TOLD.some((name) => filter[name] !== null)) return []
  const glob = database.prepare<[string, string], number>('SELECT ? GLOB ?').pluck()
  const asked = (['benchmark', 'task', 'agent', 'model'] as const).flatMap((name) => {
    const pattern = filter[name]
    return pattern === null ? [] : [[name, pattern] as const]
  })
  return means.filter((mean) => asked.every(([name, pattern]) => glob.get(mean[name], pattern) === 1))
}

/** With a filter, the forecasts whose runs it chooses: those that still wait for theirs are of no run. */
export function chosenEstimates(
  store: Store,
  filter: RunFilter,
  estimates: readonly MatchedEstimate[],
): readonly MatchedEstimate[] {
  const isAll = (Object.keys(ALL_RUNS) as (keyof RunFilter)[]).every(
    (name) => name === 'superseded' || filter[name] === null,
  )
  if (isAll || estimates.length === 0) return estimates
  const chosen = new Set<string>()
  for (const { id } of readRuns(store, filter)) chosen.add(id)
  return estimates.filter(({ actual }) => actual !== null && chosen.has(actual.id))
}
