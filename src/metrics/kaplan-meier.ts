import { KnownError } from '../errors.ts'
import { deviate, type Interval } from './interval.ts'
import { countBelow, countUpTo } from './sorted-count.ts'
import { wilsonInterval } from './wilson.ts'

/** A survival curve as steps: entry k holds from `times[k]` until the next. */
export interface SurvivalCurve {
  /** The times at which something was seen to happen, ascending. */
  readonly times: Float64Array
  /** Still watched just before each time, and how many events there were at it. */
  readonly atRisk: Int32Array
  readonly events: Int32Array
  readonly survival: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
  /** Until when each run was watched, ascending. */
  readonly watched: Float64Array
}

/**
 * Kaplan and Meier's (1958) estimate of the share still without the event, such as being resolved, with Greenwood's
 * variance and the log-log interval (Kalbfleisch and Prentice 1980). A run stopped by its own limit is censored there
 * (`observed` 0); one that gave up for good will never have the event: time = Infinity, `observed` 0.
 */
export function kaplanMeier(
  times: ArrayLike<number>,
  observed: ArrayLike<number>,
  level = 0.95,
): SurvivalCurve {
  const { watched, happened } = sortedTimes(times, observed)
  const z = deviate(level)
  const steps = stepsOf(watched, happened)
  const survival = new Float64Array(steps.times.length)
  const [low, high] = [survival.slice(), survival.slice()]
  let [share, variance] = [1, 0]
  for (let k = 0; k < survival.length; k++) {
    const [n, d] = [steps.atRisk[k] as number, steps.events[k] as number]
    share *= (n - d) / n
    variance += d / (n * (n - d))
    survival[k] = share
    const interval = logLog(share, z * Math.sqrt(variance))
    low[k] = interval.low
    // Where none is left the variance is unbounded: the last upper end still holds.
    high[k] = share > 0 ? interval.high : k > 0 ? (high[k - 1] as number) : wilsonInterval(0, n, level).high
  }
  return { ...steps, survival, low, high, watched }
}

/** The share with the event by `time`: 1 − survival. Beyond what was watched it is unknown, unless all had it. */
export function shareBy(
  curve: SurvivalCurve,
  time: number,
  level = 0.95,
): Interval & { readonly estimate: number } {
  const { times, survival, low, high, watched } = curve
  const step = countUpTo(times, time) - 1
  const left = step < 0 ? 1 : (survival[step] as number)
  if (left > 0 && !(time <= (watched.at(-1) as number)))
    throw new KnownError('too-little-data', `nothing was watched beyond ${watched.at(-1)}, let alone ${time}`)
  if (step >= 0)
    return { estimate: 1 - left, low: 1 - (high[step] as number), high: 1 - (low[step] as number) }
  // Nobody had the event yet: Greenwood's variance is 0, which Wilson's is not.
  const atRisk = watched.length - countBelow(watched, time)
  return { estimate: 0, ...wilsonInterval(0, atRisk, level) }
}

function sortedTimes(
  times: ArrayLike<number>,
  observed: ArrayLike<number>,
): { readonly watched: Float64Array; readonly happened: Float64Array } {
  if (times.length !== observed.length)
    throw new KnownError('data-malformed', `${times.length} times and ${observed.length} events`)
  if (times.length === 0) throw new KnownError('too-little-data', 'survival of 0 runs')
  const happened = new Float64Array(times.length)
  let events = 0
  for (let i = 0; i < times.length; i++) {
    const [time, event] = [times[i] as number, observed[i]]
    if (Number.isNaN(time) || time === Number.NEGATIVE_INFINITY || (event !== 0 && event !== 1))
      throw new KnownError('data-malformed', `row ${i} holds ${time} and ${event}`)
    if (event === 0) continue
    if (!Number.isFinite(time)) throw new KnownError('data-malformed', `the event of row ${i} was at ${time}`)
    happened[events++] = time
  }
  return { watched: Float64Array.from(times).sort(), happened: happened.subarray(0, events).sort() }
}

/** The distinct event times; censored at the time of an event counts as still at risk. */
function stepsOf(
  watched: Float64Array,
  happened: Float64Array,
): Pick<SurvivalCurve, 'times' | 'atRisk' | 'events'> {
  const times = new Float64Array(happened.length)
  const [atRisk, events] = [new Int32Array(happened.length), new Int32Array(happened.length)]
  let [steps, gone] = [0, 0]
  for (let i = 0; i < happened.length; ) {
    const time = happened[i] as number
    const start = i
    while (i < happened.length && happened[i] === time) i++
    while ((watched[gone] as number) < time) gone++
    times[steps] = time
    atRisk[steps] = watched.length - gone
    events[steps++] = i - start
  }
  return { times: times.slice(0, steps), atRisk: atRisk.slice(0, steps), events: events.slice(0, steps) }
}

/** S to the power exp(± half / ln S), `half` in units of S's cumulative hazard. */
function logLog(survival: number, half: number): Interval {
  if (survival === 0) return { low: 0, high: 0 }
  const log = Math.log(survival)
  return { low: Math.exp(log * Math.exp(-half / log)), high: Math.exp(log * Math.exp(half / log)) }
}
