import { absorbed, centred } from '../../metrics/absorb.ts'
import { clustersOf } from '../../metrics/cluster-codes.ts'
import { groupScores } from '../../metrics/score-contributions.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt, unsaid } from '../cells.ts'
import { clusterP } from '../cluster-p.ts'
import type { Unsaid } from '../document.ts'
import { along, placesWhere } from '../sample.ts'
import type { Factor } from './factors.ts'
import { FEWEST, isMixed, type Places, placesOf, type Units, unitsOf } from './units.ts'

/** The runs of a field where a factor is recorded, over all systems. */
export interface FactorRuns {
  readonly rows: Int32Array
  readonly levels: Int32Array
  readonly tasks: Int32Array
  /** The system under its resources, numbered from 0. */
  readonly systems: Int32Array
}

/** So many runs at most are tested on: enough to see effects of a few points, and bounded work. */
export const MOST_RUNS = 20_000

export interface EffectAsked {
  readonly key: Factor['key']
  readonly column: Float64Array
  readonly draws?: number
}

/**
 * Whether an outcome differs between the levels of a factor, systems and resources taken as given; mid-p. Runs of a task go together, and
 * those of a host on a day. Where tasks were run at several levels they are taken out, and hosts and days are rearranged;
 * where whole tasks were run by a host on a day, these too. Else, or where hosts and days are not recorded, tasks are.
 */
export function effectP(
  episodes: Episodes,
  all: FactorRuns,
  { key, column, draws }: EffectAsked,
): number | Unsaid {
  const runs = testedOn(all, column)
  const outcomes = along(runs, column)
  if (outcomes.length < 2) return unsaid('no run where it is known')
  if (outcomes.every((value) => value === outcomes[0]))
    return unsaid(`it is the same in all ${outcomes.length} runs`)
  const units = unitsFor(key, placesOf(episodes, runs.rows), runs.levels)
  const isCrossed = isMixed(runs.tasks, runs.levels)
  const left = leftOf(outcomes, runs, isCrossed)
  const p = (clusters: Units) => rearranged(left, runs, { clusters, draws })
  const byTask: Units = { codes: runs.tasks, blocks: null }
  const found = attempt(() => {
    if (units === null) return p(byTask)
    const isNested = !isMixed(runs.tasks, units.codes)
    return isCrossed || isNested ? p(units) : Math.max(p(units), p(byTask))
  })
  return typeof found === 'number' ? found : unsaid('it does not vary inside tasks and systems')
}

/**
 * What is left of outcomes when systems, and tasks that were run at several levels, are taken out. They are not taken out
 * of the levels too: with many systems the spread of what is left of both would make chance look smaller than it is.
 */
function leftOf(outcomes: Float64Array, { tasks, systems }: FactorRuns, isCrossed: boolean): Float64Array {
  const setUps = clustersOf(systems)
  return isCrossed ? absorbed(outcomes, clustersOf(tasks), setUps) : centred(outcomes, setUps)
}

function rearranged(
  outcomes: Float64Array,
  { levels }: FactorRuns,
  { clusters, draws }: { readonly clusters: Units; readonly draws: number | undefined },
): number {
  const blocks = clusters.blocks === null ? {} : { blocks: clusters.blocks }
  return clusterP(groupScores({ outcomes, codes: clusters.codes, ...blocks }, levels), draws).midP
}

/** A day is held against others on the same host, a host against others on the same day. */
function unitsFor(key: Factor['key'], places: Places, levels: Int32Array): Units | null {
  const { both, hosts, days } = places
  const across = key === 'day' ? hosts : key === 'host' ? days : null
  if (across === null) return unitsOf(places, levels)
  const isEnough = new Set(across).size > 1 && new Set(both).size >= FEWEST
  return isEnough ? { codes: both, blocks: across } : null
}

/** Runs whose outcome is known: of all tasks, or where that is too many, of tasks spread evenly over all. */
function testedOn({ rows, levels, tasks, systems }: FactorRuns, column: Float64Array): FactorRuns {
  const distinct = Int32Array.from(new Set(tasks)).sort()
  const share = Math.min(1, MOST_RUNS / Math.max(1, rows.length))
  const drawn = new Set(distinct.filter((_, k) => Math.floor((k + 1) * share) > Math.floor(k * share)))
  const kept = placesWhere(
    rows.length,
    (i) => !Number.isNaN(column[rows[i] as number]) && drawn.has(tasks[i] as number),
  )
  const pick = (codes: Int32Array) => kept.map((i) => codes[i] as number)
  return { rows: pick(rows), levels: pick(levels), tasks: pick(tasks), systems: pick(systems) }
}
