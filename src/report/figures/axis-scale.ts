import type { Axis } from '../figure.ts'
import { tickLabel } from './tick-label.ts'
import { logTicks, niceTicks } from './ticks.ts'

/** An axis with what is to be drawn on it: its ends, its ticks, and where a value lies. */
export interface AxisScale {
  readonly title: string
  readonly log: boolean
  readonly domain: readonly [low: number, high: number]
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
  /** 0 at the low end, 1 at the high end; what lies beyond is moved to the end. */
  readonly share: (value: number) => number
  /** A value, moved to the end where it lies beyond. */
  readonly inside: (value: number) => number
}

/**
 * Where the scale of an axis ends: at round figures beyond the values, with 0 among them where that costs little; at
 * such figures and at 0 in any case; or at the values themselves.
 */
export type Ends = 'round' | 'zero' | 'tight'

/** The scale of an axis for values; those that cannot be on it (0 on a logarithmic one) are left out of account. */
export function axisScale(
  axis: Axis,
  values: readonly number[],
  { ticks, ends = 'round' }: { readonly ticks: number; readonly ends?: Ends },
): AxisScale {
  const log = axis.scale === 'log'
  const shown = log ? values.filter((value) => value > 0) : values
  const [least, most] = shown.length === 0 ? [log ? 1 : 0, log ? 10 : 1] : extent(shown)
  const whole = shown.every(Number.isInteger)
  const scale = log
    ? logScale(least, most, { ticks, ends })
    : ends === 'tight' && apart(least, most)
      ? tightScale(least, most, whole && most - least <= FEW ? most - least + 1 : ticks)
      : linearScale(axis, [least, most], { ticks, ends })
  const [low, high] = scale.domain.map((value) => (log ? Math.log(value) : value)) as [number, number]
  return {
    title: axis.title,
    log,
    domain: scale.domain,
    ticks: scale.at.map((at) => ({ at, label: tickLabel(at, axis, log ? null : scale.step) })),
    inside: (value) => Math.min(scale.domain[1], Math.max(scale.domain[0], value)),
    share: (value) => {
      const at = log ? (value > 0 ? Math.log(value) : low) : value
      return Math.min(1, Math.max(0, (at - low) / (high - low)))
    },
  }
}

interface Ticked {
  readonly domain: readonly [number, number]
  readonly at: readonly number[]
  readonly step: number
}

interface Wish {
  readonly ticks: number
  readonly ends: Ends
}

function logScale(least: number, most: number, { ticks, ends }: Wish): Ticked {
  const narrow = most / least < 1.5
  const pad = narrow ? 1.5 : ends === 'tight' ? 1 : Math.max((most / least) ** 0.04, 1.02)
  const [low, high] = [least / pad, most * pad]
  return { domain: [low, high], at: logTicks(low, high, ticks), step: 0 }
}

/** Of so few whole numbers, such as the phases of a run, each has a tick. */
const FEW = 10

function tightScale(least: number, most: number, ticks: number): Ticked {
  const { at, step } = niceTicks(least, most, ticks)
  return { domain: [least, most], at: at.filter((tick) => tick >= least && tick <= most), step }
}

function linearScale(axis: Axis, [least, most]: readonly [number, number], { ticks, ends }: Wish): Ticked {
  const zero = ends === 'zero'
  const [low, high] = roomy(axis, widened(zero ? Math.min(0, least) : least, zero ? Math.max(0, most) : most))
  const { at, step } = niceTicks(low, high, ticks)
  return { domain: [Math.min(low, at[0] ?? low), Math.max(high, at.at(-1) ?? high)], at, step }
}

/** With 0, and for shares with 1, where they are near. */
function roomy({ scale }: Axis, [least, most]: readonly [number, number]): [number, number] {
  if (scale === 'share' && least >= 0 && most <= 1) {
    return [least < 0.35 ? 0 : least, most > 0.75 ? 1 : most]
  }
  return [least >= 0 && least < 0.4 * most ? 0 : least, most]
}

/** A range of one value gets some room. */
function widened(least: number, most: number): [number, number] {
  if (apart(least, most)) return [least, most]
  if (Math.max(Math.abs(least), Math.abs(most)) < NOTHING) return [least < 0 ? -1 : 0, 1]
  return least > 0 ? [0, most] : [least, 0]
}

/** Closer values cannot be told apart, and no step of ticks lies between them. */
const apart = (least: number, most: number): boolean =>
  most - least > Math.max(NOTHING, 1e-9 * Math.max(Math.abs(least), Math.abs(most)))

const NOTHING = 1e-12

/** Of many values: `Math.min(...values)` has a limit. */
function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}
