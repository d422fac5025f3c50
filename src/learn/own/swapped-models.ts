import type { OwnHistory } from './history.ts'
import type { HeldForward } from './hold-forward.ts'
import { median } from './median.ts'
import { type ScoredRun, scoreRuns } from './score-runs.ts'
import type { StreamAlarm } from './stream-alarms.ts'

/** Fewer runs of a pair do not tell. */
const FEWEST = 6
/** Pairs nearer than this are not told apart: log10 of 1.4. */
const APART = 0.15

interface Moved {
  readonly pair: number
  readonly places: readonly number[]
  /** Median distance from its own forecast. */
  readonly own: number
  /** Standard error of a mean distance. */
  readonly error: number
}

/** Two pairs whose new runs each look like those of the other: their names were mixed up. */
export function swappedModels(
  { history, held }: { readonly history: OwnHistory; readonly held: HeldForward },
  scored: readonly ScoredRun[],
): readonly StreamAlarm[] {
  const byPair = Map.groupBy(scored, ({ run }) => history.runs[run]?.pair ?? -1)
  const moved = [...byPair].flatMap(([pair, own]): readonly Moved[] => {
    if (own.length < FEWEST) return []
    const distances = own.map(({ by }) => by.total.actual - by.total.p50)
    const centre = median(distances)
    const spread = 1.4826 * median(distances.map((distance) => Math.abs(distance - centre)))
    const error = Math.max(spread, 0.05) / Math.sqrt(own.length)
    return [{ pair, places: own.map(({ run }) => run), own: centre, error }]
  })
  const far = moved.filter(({ own, error }) => Math.abs(own) > Math.max(APART, 3 * error))
  return far.flatMap((one, i) =>
    far
      .slice(i + 1)
      .flatMap((other) => (isSwapped(history, held, [one, other]) ? [alarm(history, one, other)] : [])),
  )
}

/** Each fits the forecast of the other better than its own, by half of its distance. */
function isSwapped(history: OwnHistory, held: HeldForward, [a, b]: readonly [Moved, Moved]): boolean {
  if (Math.sign(a.own) === Math.sign(b.own)) return false
  const asOther = (one: Moved, other: Moved) =>
    median(
      scoreRuns(held.before, renamed(history, one, other), one.places).map(
        ({ by }) => by.total.actual - by.total.p50,
      ),
    )
  const fits = (one: Moved, other: Moved) =>
    Math.abs(asOther(one, other)) < Math.max(Math.abs(one.own) / 2, 2 * one.error)
  return fits(a, b) && fits(b, a)
}

const renamed = (history: OwnHistory, one: Moved, other: Moved): OwnHistory => ({
  ...history,
  pairs: history.pairs.map((pair, p) =>
    p === one.pair ? (history.pairs[other.pair] as OwnHistory['pairs'][number]) : pair,
  ),
})

function alarm({ pairs }: OwnHistory, a: Moved, b: Moved): StreamAlarm {
  const name = ({ pair }: Moved) => `${pairs[pair]?.agent} · ${pairs[pair]?.model}`
  return {
    kind: 'models-swapped',
    message: `new runs of ${name(a)} look like those of ${name(b)}, and the other way round: were their names mixed up?`,
  }
}
