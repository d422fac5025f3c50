import { absorbed } from '../../metrics/absorb.ts'
import { clusterSizes, clusterSums, clustersOf } from '../../metrics/cluster-codes.ts'
import { groupScores, type TestRows } from '../../metrics/score-contributions.ts'
import { sum } from '../../metrics/sum.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt, unsaid } from '../cells.ts'
import { clusterP } from '../cluster-p.ts'
import type { Unsaid } from '../document.ts'
import { along, placesWhere } from '../sample.ts'
import type { Factor } from './factors.ts'
import { type Places, placesOf, type Units, unitsOf } from './units.ts'

/** The runs of a field where a factor is recorded, over all systems. */
export interface FactorRuns {
  readonly rows: Int32Array
  readonly levels: Int32Array
  readonly tasks: Int32Array
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
 * Whether an outcome differs between the levels of a factor, systems taken as given; mid-p. Runs of a task go together, and
 * those of a host on a day: the test is by the clusters that leave more room for chance.
 */
export function effectP(episodes: Episodes, all: FactorRuns, { key, column, draws }: EffectAsked): number | Unsaid {
  const runs = testedOn(all, column)
  const outcomes = along(runs, column)
  if (outcomes.length < 2) return unsaid('no run where it is known')
  if (outcomes.every((value) => value === outcomes[0])) return unsaid(`it is the same in all ${outcomes.length} runs`)
  const { levels, tasks: codes, systems } = runs
  const strata = systems.some((system) => system !== systems[0]) ? { strata: systems } : {}
  const scores = attempt(() => groupScores({ outcomes, codes, ...strata }, levels))
  if ('unsaid' in scores) return unsaid('it does not vary inside tasks and systems')
  const byTask = attempt(() => clusterP(scores, draws).midP)
  const units = unitsFor(key, placesOf(episodes, runs.rows), levels)
  if (units === null) return byTask
  const rows = { ...strata, ...unitRows(runs, outcomes, { units, isCrossed: scores.comparison === 'within' }) }
  if (spreadOfSums(rows, units.codes, levels) <= spreadOfSums(rows, codes, levels)) return byTask
  const byUnit = attempt(() => clusterP(groupScores(rows, levels), draws).midP)
  return typeof byUnit === 'number' ? byUnit : byTask
}

/** How far what each cluster adds to the statistic spreads. */
function spreadOfSums({ outcomes }: TestRows, codes: Int32Array, levels: Int32Array): number {
  const clusters = clustersOf(codes)
  const groups = clustersOf(levels)
  const mean = sum(outcomes) / outcomes.length
  const residuals = Float64Array.from(outcomes, (value) => value - mean)
  const totals = clusterSums(residuals, clusters)
  const sizes = clusterSizes(groups)
  const parts = new Float64Array(clusters.count * groups.count)
  for (let i = 0; i < residuals.length; i++) {
    const at = (clusters.of[i] as number) * groups.count + (groups.of[i] as number)
    parts[at] = (parts[at] as number) + (residuals[i] as number)
  }
  return parts.reduce((total, part, at) => {
    const share = (sizes[at % groups.count] as number) / residuals.length
    const own = part - share * (totals[Math.floor(at / groups.count)] as number)
    return total + (own * own) / share / (1 - share)
  }, 0)
}

/** Where tasks were run at several levels, what is left when these are taken out; else they are part of the noise. */
function unitRows(
  { tasks, systems }: FactorRuns,
  outcomes: Float64Array,
  { units, isCrossed }: { readonly units: Units; readonly isCrossed: boolean },
): TestRows {
  const { codes, blocks } = units
  const left = isCrossed ? absorbed(outcomes, clustersOf(tasks), clustersOf(systems)) : outcomes
  return {
    outcomes: left,
    codes,
    ...(isCrossed ? {} : { strata: systems }),
    blocks: blocks ?? new Int32Array(codes.length),
  }
}

/** A day is held against others on the same host, a host against others on the same day. */
function unitsFor(key: Factor['key'], places: Places, levels: Int32Array): Units | null {
  const { both, hosts, days } = places
  if (key === 'day') return new Set(hosts).size < 2 ? null : { codes: both, blocks: hosts }
  if (key === 'host') return new Set(days).size < 2 ? null : { codes: both, blocks: days }
  return unitsOf(places, levels)
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
