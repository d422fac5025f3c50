import { wilsonInterval } from '../../metrics/wilson.ts'
import type { Comparison } from './compare-bundles.ts'

/** What became of a challenger. */
export const VERDICTS = ['better', 'equal', 'worse', 'refused', 'too-little'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface Judged {
  readonly verdict: Verdict
  readonly reasons: readonly string[]
}

/** Fewer runs held out decide nothing. */
const FEWEST_RUNS = 8
/** A loss higher by less than this part, and not significantly, is equal. */
const TOLERANCE = 0.01

/**
 * Better: its pinball loss is lower beyond chance. Equal: it is not higher by more than 1 %, nor is that significant.
 * A forecast that follows what runs took less well (r), or whose range of 8 in 10 holds too seldom and is further off than
 * the champion's, is worse whatever its loss, each beyond chance; one that holds too often is only too wide, and worse
 * where the loss is not lower for all that.
 */
export function judgeChallenger(comparison: Comparison | null): Judged {
  if (comparison === null || comparison.runs < FEWEST_RUNS || comparison.lossChange === null) {
    const runs = comparison?.runs ?? 0
    const reason = `${runs} new runs to compare on, in ${comparison?.tasks ?? 0} tasks: at least ${FEWEST_RUNS} of 3 tasks are needed`
    return { verdict: 'too-little', reasons: [reason] }
  }
  const { champion, lossChange } = comparison
  const told = `pinball loss ${percent(lossChange.estimate / champion.loss)} (95 %: ${percent(lossChange.low / champion.loss)} to ${percent(lossChange.high / champion.loss)}) on ${comparison.runs} runs of ${comparison.tasks} tasks`
  const worse = worseBy(comparison)
  if (worse.length > 0) return { verdict: 'worse', reasons: [...worse, told] }
  return { verdict: lossChange.high < 0 ? 'better' : 'equal', reasons: [told] }
}

function worseBy({ champion, challenger, lossChange, rChange, runs }: Comparison): readonly string[] {
  const reasons: string[] = []
  if (lossChange !== null && (lossChange.low > 0 || lossChange.estimate > TOLERANCE * champion.loss))
    reasons.push('its ranges fit worse')
  if (rChange !== null && rChange.high < 0)
    reasons.push(`it follows sizes worse: r within pairs ${rChange.estimate.toFixed(2)}`)
  const held = wilsonInterval(Math.round(challenger.coverage * runs), runs)
  const off = Math.abs(champion.coverage - 0.8)
  const under = held.high < Math.min(PROMISED.least, 0.8 - off)
  const isBetter = lossChange !== null && lossChange.high < 0
  const over = !isBetter && held.low > Math.max(PROMISED.most, 0.8 + off)
  if (under || over) reasons.push(`its range of 8 in 10 covers ${(100 * challenger.coverage).toFixed(0)} %`)
  return reasons
}

/** Coverage beyond these, significantly, breaks the promise of 8 in 10. */
const PROMISED = { least: 0.76, most: 0.9 } as const

const percent = (share: number): string => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`
