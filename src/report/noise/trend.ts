import { centred } from '../../metrics/absorb.ts'
import { clustersOf } from '../../metrics/cluster-codes.ts'
import { trendScores } from '../../metrics/score-contributions.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt } from '../cells.ts'
import { clusterP } from '../cluster-p.ts'
import type { Unsaid } from '../document.ts'
import type { ArmRuns } from './arm-runs.ts'
import { placesOf, spreadOf, type Units, unitsOf } from './units.ts'

export interface TrendAsked {
  /** As for infra errors: by hosts and days where they are recorded, rather than by tasks. */
  readonly inBursts: boolean
  readonly draws?: number
}

/**
 * Whether an outcome rises or falls over the arms, by their place from the tightest to the loosest (as uncapped has no
 * number): the two-sided mid-p of the trend of Cochran (1954) and Armitage (1955), by rearranging what goes together, as
 * in comparisons of two arms.
 */
export function trendOf(episodes: Episodes, runs: ArmRuns, { inBursts, draws }: TrendAsked): number | Unsaid {
  const { outcomes, rows, arms } = runs
  if (outcomes.length > 0 && outcomes.every((value) => value === outcomes[0])) return 1
  const places = placesOf(episodes, rows)
  const units = unitsOf(places, arms)
  const byUnit = ({ codes, blocks }: Units) =>
    clusterP(trendScores({ outcomes, codes, ...(blocks === null ? {} : { blocks }) }, arms), draws).midP
  return attempt(() => {
    if (inBursts && units !== null) return byUnit(units)
    const byTask = taskTrend(runs, draws)
    return units === null || spreadOf(places, arms) === 'within' ? byTask : Math.max(byTask, byUnit(units))
  })
}

/** Inside what each system does on each task: that some of it lacks an arm tells nothing. */
function taskTrend({ outcomes, tasks, cells, arms }: ArmRuns, draws?: number): number {
  const of = clustersOf(cells)
  const rows = { outcomes: centred(outcomes, of), codes: tasks, comparison: 'within' as const }
  return clusterP(trendScores(rows, centred(arms, of)), draws).midP
}
