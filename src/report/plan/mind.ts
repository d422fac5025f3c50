import { SETUP_NOISE } from '../difference.ts'
import { equalityMargin, equalityPower, leastTasks, shareBetweenTasks } from './design.ts'
import type { PlanOutlook } from './outlook.ts'
import { runsPerSystem } from './planned.ts'
import { NEVER_TRAINED } from './spend.ts'

/** What to mind before a plan is run, most important first. */
export const warningsOf = (outlook: PlanOutlook): readonly string[] =>
  [tooFew, tooSmall, noEquality, taskNoise, singleRuns, guesses, infraErrors, forecastCost].flatMap(
    (warning) => warning(outlook),
  )

const points = (share: number): string => `${Number((share * 100).toPrecision(2))} pp`
const percent = (share: number): string => `${Math.round(share * 100)} %`

function tooFew({ hardest: { design } }: PlanOutlook): readonly string[] {
  const least = leastTasks(design)
  if (design.tasks >= least) return []
  return [
    `Fewer than ${least} tasks show nothing, however often they are run: all of them could point the same way by chance.`,
  ]
}

function tooSmall({ families }: PlanOutlook): readonly string[] {
  if (!families.some(({ detectable }) => detectable !== null && detectable < SETUP_NOISE)) return []
  return [
    'Differences under 3 pp may come from how runs are set up (resources, hosts, days) rather than from what is compared: spread the runs of all arms over the same hosts and days.',
  ]
}

function noEquality({ hardest: { design }, plan }: PlanOutlook): readonly string[] {
  const power = equalityPower(design, plan.margin)
  if (power >= 0.8 || design.tasks < leastTasks(design)) return []
  const margin = equalityMargin(design)
  const often = power < 0.005 ? 'hardly ever be shown' : `be shown in ${percent(power)} of tries`
  const instead = margin === null ? '' : `; within ± ${points(margin)}, in 80 %`
  return [
    `That arms are equal within ± ${points(plan.margin)} would ${often}, if they are${instead}. A large p will not mean that they are equal.`,
  ]
}

/** What repeats take nothing off is most of the error. */
function taskNoise({ hardest: { design } }: PlanOutlook): readonly string[] {
  const share = shareBetweenTasks(design)
  if (share <= 0.5) return []
  return [
    `${percent(share)} of what makes a difference uncertain is which tasks are run, since not all are hard for the same arms: more repeats buy less than more tasks.`,
  ]
}

const singleRuns = ({ plan }: PlanOutlook): readonly string[] =>
  plan.repeats > 1
    ? []
    : ['With one run of each task nothing tells what chance does: a second shows how far repeats agree.']

function guesses({ systems, families }: PlanOutlook): readonly string[] {
  const isGuess = { rate: false, consistency: false }
  for (const { rate, consistency } of systems) {
    isGuess.rate ||= rate.basis === 'guess'
    isGuess.consistency ||= consistency.basis === 'guess'
  }
  const compared = families.some(
    ({ agreement, family }) => agreement.basis === 'guess' && family.systems.length > 1,
  )
  const guessed = [
    ...(isGuess.rate ? ['the resolution rate'] : []),
    ...(isGuess.consistency ? ['how far repeats agree'] : []),
    ...(compared ? ['how far the arms agree on what is hard'] : []),
  ]
  if (guessed.length === 0) return []
  return [`Guessed, since nothing tells it: ${guessed.join(', ')}. A few repeats of a few tasks would tell.`]
}

function infraErrors({ systems, plan }: PlanOutlook): readonly string[] {
  const expected = systems.reduce((sum, { infra }) => sum + (infra?.value ?? 0) * runsPerSystem(plan), 0)
  if (expected < 1) return []
  return [
    `About ${Math.round(expected).toLocaleString('en-US')} runs will be ended by the infrastructure, and count as not resolved.`,
  ]
}

function forecastCost({ systems, plan }: PlanOutlook): readonly string[] {
  const forecast = systems.filter(({ spend }) => spend.usd.basis === 'forecast')
  const strange = forecast.some(({ spend }) => spend.usd.from.includes(NEVER_TRAINED))
  return [
    ...(strange ? ['The cost is a forecast for a model never trained on: its range is wide.'] : []),
    ...(forecast.length > 0 && plan.repo === null
      ? ['The cost is forecast from the issues alone: name their repository as repo for a narrower range.']
      : []),
  ]
}
