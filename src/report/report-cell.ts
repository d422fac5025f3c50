import { shortTokens, shortUsd } from '../units.ts'
import {
  type Cell,
  type Column,
  isMeasured,
  isUnsaid,
  type Measured,
  type ReportTable,
  type Unit,
} from './document.ts'

/** A cell in words. */
export interface CellText {
  readonly kind: 'text' | 'figure' | 'unsaid'
  /** The figure with its unit, or the text; `–` where there is none. */
  readonly main: string
  /** Its interval in the same unit: `[.60, .73]`; null = it has none. */
  readonly interval: string | null
  /** Why there is no figure. */
  readonly reason: string | null
}

/** A cell as it is shown to people. @throws Error naming table and column on a figure that is not finite: a bug. */
export function cellText(cell: Cell, column: Column, table: Pick<ReportTable, 'id'>): CellText {
  assertFinite(cell, column, table)
  if (typeof cell === 'string') return { kind: 'text', main: cell, interval: null, reason: null }
  if (isUnsaid(cell)) return { kind: 'unsaid', main: NOTHING, interval: null, reason: cell.unsaid }
  const { estimate, low, high } = isMeasured(cell) ? cell : { estimate: cell, low: null, high: null }
  return {
    kind: 'figure',
    main: amountText(estimate, column.unit),
    interval: intervalText(low, high, column.unit),
    reason: null,
  }
}

export const NOTHING = '–'

/** @throws Error naming table and column. */
export function assertFinite(cell: Cell, { key }: Column, { id }: Pick<ReportTable, 'id'>): void {
  for (const figure of figuresOf(cell)) {
    if (!Number.isFinite(figure)) throw new Error(`table ${id}, column ${key}: ${figure} is no figure`)
  }
}

function figuresOf(cell: Cell): readonly number[] {
  if (typeof cell === 'number') return [cell]
  if (!isMeasured(cell)) return []
  return [cell.estimate, cell.low ?? 0, cell.high ?? 0, cell.n]
}

function intervalText(low: Measured['low'], high: Measured['high'], unit: Unit): string | null {
  if (low === null && high === null) return null
  const end = (value: number | null) =>
    value === null ? '?' : amountText(value, unit).replace(SHARED_UNIT, '')
  return `[${end(low)}, ${end(high)}]`
}

/** What the figure before the interval says already. */
const SHARED_UNIT = / %$| pp$|^× |^p (?:= )?/

/** A figure in its unit: `67.4 %`, `+3.1 pp`, `1.01 M`, `$0.35`, `5 min 10 s`, `× 1.4`, `.38`, `p = .03`. */
export function amountText(value: number, unit: Unit): string {
  if (value < 0 && unit !== 'points') return negative(amountText(-value, unit))
  switch (unit) {
    case 'share':
      return share(value)
    case 'points':
      return points(value)
    case 'tokens':
      return shortTokens(value)
    case 'usd':
      return shortUsd(value)
    case 'seconds':
      return duration(value)
    case 'factor':
      return `× ${digits(value)}`
    case 'r':
      return value.toFixed(2).replace(/^0\./, '.')
    case 'score':
      return value.toFixed(4).replace(/^0\./, '.')
    case 'p':
      return probability(value)
    case 'count':
    case 'number':
    case 'text':
      return digits(value)
  }
  return unit satisfies never
}

/** What is rounded to 0 has no sign. */
const negative = (text: string): string => (/[1-9]/.test(text) ? `−${text}` : text)

/** Never rounded to nothing or to all: `0.042 %`, `>99.9 %`. */
function share(value: number): string {
  if (value > 0 && value < 1e-6) return '<0.0001 %'
  if (value > 0 && value < 0.001) return `${Number((value * 100).toPrecision(2))} %`
  if (value < 1 && value >= 0.9995) return '>99.9 %'
  return `${(value * 100).toFixed(1)} %`
}

function points(value: number): string {
  const size = (Math.abs(value) * 100).toFixed(1)
  return `${Number(size) === 0 ? '±' : value < 0 ? '−' : '+'}${size} pp`
}

function duration(seconds: number): string {
  if (seconds < 60) return `${digits(seconds)} s`
  const whole = Math.round(seconds)
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ]
  if (days > 0) return `${days} d ${hours} h`
  if (whole >= 3600) return `${hours} h ${minutes} min`
  return `${minutes} min ${whole % 60} s`
}

function probability(value: number): string {
  if (value < 0.001) return 'p < .001'
  if (value > 0.99) return 'p > .99'
  return `p = ${value
    .toFixed(value < 0.1 ? 3 : 2)
    .replace(/^0\./, '.')
    .replace(/(\.\d\d)0$/, '$1')}`
}

/** Whole numbers as they are, with commas; others in three significant digits. */
function digits(value: number): string {
  if (value > 0 && value < 1e-6) return '<0.000001'
  const shown =
    Number.isInteger(value) || Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
  return shown.toLocaleString('en-US', { maximumSignificantDigits: 21 })
}
