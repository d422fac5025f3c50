import { KnownError } from '../errors.ts'
import type { Quality } from '../usage/call.ts'
import { multiplierOf } from './conditions.ts'
import type {
  CountField,
  FlagField,
  MomentField,
  MultiplierField,
  OutcomeField,
  QualityField,
  SecondsField,
  TextField,
} from './csv-map-file.ts'
import type { Cell } from './csv-map-rows.ts'
import { decimalOf } from './decimal-of.ts'
import { isoInstant, isoOfMs } from './instant.ts'
import type { Outcome } from './run.ts'
import { MAX_NAME_CHARS } from './run-line.ts'

/** A text; null = unknown. @throws KnownError `usage-malformed` as all of these do, naming column and value */
export function readText(field: TextField | undefined, cell: Cell): string | null {
  if (field === undefined) return null
  if (typeof field === 'string') return plainText(field, cell)
  if ('value' in field) return field.value
  const text = plainText(field.column, cell)
  if (text === null) return null
  if (Object.hasOwn(field.values, text)) return field.values[text] ?? null
  return field.otherwise === null ? null : text
}

/** A whole number from 0 to 2⁵³ − 1. */
export function readCount(field: CountField | undefined, cell: Cell): number | null {
  if (field === undefined) return null
  if (typeof field !== 'string') return field.value
  const number = readNumber(field, cell)
  if (number === null || (Number.isSafeInteger(number) && number >= 0)) return number
  throw wrong(field, cell, 'no whole number from 0 to 9007199254740991')
}

/** Seconds of 0 or more. */
export function readSeconds(field: SecondsField | undefined, cell: Cell): number | null {
  if (field === undefined) return null
  const { column, unit } = typeof field === 'string' ? { column: field, unit: 's' as const } : field
  const number = readNumber(column, cell)
  if (number === null) return null
  if (number >= 0) return unit === 'ms' ? number / 1000 : number * SECONDS[unit]
  throw wrong(column, cell, 'no time of 0 or more')
}

const SECONDS = { s: 1, min: 60, h: 3600 }

/** A moment in ISO 8601, UTC. */
export function readMoment(field: MomentField | undefined, cell: Cell): string | null {
  if (field === undefined) return null
  const { column, unit } = typeof field === 'string' ? { column: field, unit: 's' as const } : field
  const value = given(column, cell)
  if (value === null) return null
  const number = typeof value === 'number' ? value : NUMBER.test(String(value)) ? Number(value) : null
  const moment = number === null ? isoInstant(value) : isoOfMs(unit === 'ms' ? number : number * 1000)
  if (moment !== null) return moment
  throw wrong(column, cell, 'no moment, such as 2026-01-31T12:00:00Z')
}

/** Dollars as a decimal without an exponent. */
export function readUsd(column: string | undefined, cell: Cell): string | null {
  if (column === undefined) return null
  const value = given(column, cell)
  if (value === null) return null
  const plain = typeof value === 'string' && /e/i.test(value) && NUMBER.test(value) ? Number(value) : value
  const decimal = decimalOf(plain)
  if (decimal !== null) return decimal
  throw wrong(column, cell, 'no dollars, such as 0.42')
}

/** Yes or no. */
export function readFlag(field: FlagField | undefined, cell: Cell): boolean | null {
  if (field === undefined) return null
  if (typeof field !== 'string') return lookUp(field, cell)
  const text = plainText(field, cell)
  if (text === null) return null
  const flag = FLAGS.get(text.toLowerCase())
  if (flag !== undefined) return flag
  throw wrong(field, cell, 'neither true nor false')
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/** How a run ended: what the first column says that says anything. */
export function readOutcome(
  field: OutcomeField | readonly OutcomeField[] | undefined,
  cell: Cell,
): Outcome | null {
  if (field === undefined) return null
  const told = [field].flat().map((each) => lookUp(each, cell))
  return told.find((outcome) => outcome !== null) ?? null
}

/** A multiple of the floor; Infinity = uncapped. */
export function readMultiplier(field: MultiplierField | undefined, cell: Cell): number | null {
  if (field === undefined) return null
  if (typeof field !== 'string') return multiplierOf('value' in field ? field.value : lookUp(field, cell))
  const text = given(field, cell)
  if (typeof text === 'string' && UNLIMITED.test(text)) return Number.POSITIVE_INFINITY
  const number = readNumber(field, cell)
  if (number === null || number > 0) return number
  throw wrong(field, cell, 'no multiple above 0, and not "uncapped"')
}

/** `Infinity` is what a CSV of exported runs has. */
const UNLIMITED = /^\s*(uncapped|inf|infinity)\s*$/i

/** Who counted; what says nothing of it is a log. */
export function readQuality(field: QualityField | undefined, cell: Cell): Quality {
  if (field === undefined) return 'log'
  return 'value' in field ? field.value : (lookUp(field, cell) ?? 'log')
}

interface Table<Value> {
  readonly column: string
  readonly values: Readonly<Record<string, Value | null>>
  readonly otherwise?: Value | null | undefined
}

function lookUp<Value>(table: Table<Value>, cell: Cell): Value | null {
  const text = plainText(table.column, cell)
  if (text === null) return null
  if (Object.hasOwn(table.values, text)) return table.values[text] ?? null
  if (table.otherwise !== undefined) return table.otherwise
  throw wrong(table.column, cell, 'not among the values of the map')
}

function readNumber(column: string, cell: Cell): number | null {
  const value = given(column, cell)
  if (value === null) return null
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number + 0 // −0 is 0
  throw wrong(column, cell, 'no number')
}

const NUMBER = /^\s*[+-]?\d+(\.\d*)?(e[+-]?\d+)?\s*$/i

function plainText(column: string, cell: Cell): string | null {
  const value = given(column, cell)
  if (value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw wrong(column, cell, 'no text')
  }
  const text = String(value)
  if (text.length <= MAX_NAME_CHARS) return text
  throw wrong(column, cell, `longer than ${MAX_NAME_CHARS}`)
}

const given = (column: string, cell: Cell): unknown => cell(column) ?? null

function wrong(column: string, cell: Cell, what: string): KnownError {
  const value = cell(column)
  const shown = typeof value === 'object' ? 'an object' : JSON.stringify(String(value).slice(0, 40))
  return new KnownError('usage-malformed', `column ${JSON.stringify(column)}: ${shown} is ${what}`)
}
