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
}

/**
 * The scale of an axis that shows all the values; `zero`: from 0 in any case. Values that cannot be on it (0 on a
 * logarithmic one) are left out of account.
 */
export function axisScale(
  axis: Axis,
  values: readonly number[],
  { ticks, zero = false }: { readonly ticks: number; readonly zero?: boolean },
): AxisScale {
  const log = axis.scale === 'log'
  const shown = log ? values.filter((value) => value > 0) : values
  const [least, most] = shown.length === 0 ? [log ? 1 : 0, log ? 10 : 1] : extent(shown)
  const scale = log
    ? logScale(least, most, ticks)
    : linearScale(axis, zero ? [Math.min(0, least), Math.max(0, most)] : [least, most], ticks)
  const [low, high] = scale.domain.map((value) => (log ? Math.log(value) : value)) as [number, number]
  return {
    title: axis.title,
    log,
    domain: scale.domain,
    ticks: scale.at.map((at) => ({ at, label: tickLabel(at, axis, log ? null : scale.step) })),
    share: (value) => {
      const at = log ? (value > 0 ? Math.log(value) : low) : value
      return Math.min(1, Math.max(0, (at - low) / (high - low)))
    },
  }
}

interface Ends {
  readonly domain: readonly [number, number]
  readonly at: readonly number[]
  readonly step: number
}

function logScale(least: number, most: number, ticks: number): Ends {
  const pad = Math.max((most / least) ** 0.04, 1.02)
  const [low, high] = most / least < 1.5 ? [least / 1.5, most * 1.5] : [least / pad, most * pad]
  return { domain: [low, high], at: logTicks(low, high, ticks), step: 0 }
}

function linearScale({ scale }: Axis, [least, most]: readonly [number, number], ticks: number): Ends {
  let [low, high] = widened(least, most)
  if (scale === 'share' && least >= 0 && most <= 1) {
    low = least < 0.35 ? 0 : low
    high = most > 0.75 ? 1 : Math.min(1, high)
  } else if (least >= 0 && least < 0.4 * most) low = 0
  const { at, step } = niceTicks(low, high, ticks)
  return { domain: [at[0] ?? low, at.at(-1) ?? high], at, step }
}

/** A range of one value gets some room. */
function widened(least: number, most: number): [number, number] {
  if (least < most) return [least, most]
  if (least === 0) return [0, 1]
  return least > 0 ? [0, least] : [least, 0]
}

/** Of many values: `Math.min(...values)` has a limit. */
function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}
