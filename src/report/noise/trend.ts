import { clusterTest } from '../../metrics/cluster-test.ts'
import { trendScores } from '../../metrics/score-contributions.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt } from '../cells.ts'
import { drawsFor } from '../difference.ts'
import type { Unsaid } from '../document.ts'
import { sampleOf } from '../sample.ts'
import type { Arm } from './arms.ts'
import { burstsOf } from './bursts.ts'

const SEED = 1

/**
 * Whether an outcome rises or falls over the arms, by their place from the tightest to the loosest (as uncapped has no
 * number): the two-sided p of the trend of Cochran (1954) and Armitage (1955), by rearranging whole clusters.
 */
export function trendOf(
  episodes: Episodes,
  arms: readonly Arm[],
  { column, inBursts }: { readonly column: Float64Array; readonly inBursts: boolean },
): number | Unsaid {
  const parts = arms.map(({ system }) => sampleOf(system, column))
  const size = parts.reduce((sum, { values }) => sum + values.length, 0)
  const [outcomes, places] = [new Float64Array(size), new Float64Array(size)]
  const [codes, rows] = [new Int32Array(size), new Int32Array(size)]
  let at = 0
  for (const [place, part] of parts.entries()) {
    for (let i = 0; i < part.values.length; i++, at++) {
      outcomes[at] = part.values[i] as number
      places[at] = place
      codes[at] = part.taskCodes[part.tasks[i] as number] as number
      rows[at] = part.rows[i] as number
    }
  }
  const bursts = inBursts ? burstsOf(episodes, rows) : null
  return attempt(
    () =>
      clusterTest(trendScores({ outcomes, codes: bursts ?? codes }, places), {
        seed: SEED,
        draws: drawsFor(size),
      }).midP,
  )
}
