import type { Bundle } from '../../forecast/bundle.ts'
import { type Comparison, compareBundles } from './compare-bundles.ts'
import type { OwnHistory } from './history.ts'
import { blockFits, holdForward } from './hold-forward.ts'
import { type LearnParams, learnOwn } from './learn-own.ts'
import type { LeftOut } from './read-history.ts'
import { type StreamAlarm, streamAlarms } from './stream-alarms.ts'
import { type Judged, judgeChallenger } from './verdict.ts'

export interface OwnTrainingInput {
  /** Made from tables alone: what is learnt on top of. */
  readonly root: Bundle
  readonly champion: Bundle
  readonly history: OwnHistory
  readonly leftOut: LeftOut
  readonly params: LearnParams
}

/** A challenger, and how it did against the champion. */
export interface OwnTraining extends Judged {
  readonly bundle: Bundle
  readonly comparison: Comparison | null
  readonly alarms: readonly StreamAlarm[]
}

/** How often `trainFromHistory` awaits its step. */
export const ownTrainingSteps = blockFits + 1

/** Makes a challenger from own runs, and judges it on runs that neither bundle had seen. Same input: same bytes. */
export async function trainFromHistory(
  { root, champion, history, leftOut, params }: OwnTrainingInput,
  step: () => Promise<void> = async () => {},
): Promise<OwnTraining> {
  const held = await holdForward({ root, champion, history, params, step })
  const alarms = held.challenger.length === 0 ? [] : streamAlarms({ history, held, leftOut })
  const comparison = compareBundles(held, history, params.seed)
  const judged: Judged =
    alarms.length > 0
      ? { verdict: 'refused', reasons: alarms.map(({ message }) => message) }
      : judgeChallenger(comparison)
  const bundle = learnOwn(root, history, params)
  await step()
  return { bundle, comparison, alarms, ...judged }
}
