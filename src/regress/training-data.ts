import { KnownError } from '../errors.ts'
import type { Matrix } from './matrix.ts'

/** Refuses tables and targets that do not fit together, are empty, or hold a target that is no finite number. */
export function checkTraining(x: { readonly rows: number }, y: Float64Array): void {
  if (x.rows !== y.length) {
    throw new KnownError('data-malformed', `${x.rows} rows of features for ${y.length} targets`)
  }
  if (y.length === 0) throw new KnownError('too-little-data', '0 rows to fit on')
  const bad = y.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new KnownError('data-malformed', `the target of row ${bad} is ${y[bad]}`)
}

/** Refuses a cell that is missing or infinite, for learners that cannot use one. */
export function refuseMissing(x: Matrix): void {
  const bad = x.values.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  const [row, column] = [Math.floor(bad / x.columns), bad % x.columns]
  throw new KnownError(
    'data-malformed',
    `row ${row}, column ${column} is ${x.values[bad]}: standardise first`,
  )
}

/** Refuses a table whose number of columns is not the one the model was fitted on. */
export function checkColumns(x: { readonly columns: number }, fitted: number): void {
  if (x.columns !== fitted) {
    throw new KnownError('data-malformed', `${x.columns} columns for a model fitted on ${fitted}`)
  }
}

/** Refuses a setting outside [low, high]; `name` is how the message calls it. */
export function checkRange(name: string, value: number, [low, high]: readonly [number, number]): void {
  if (!(value >= low && value <= high)) {
    throw new KnownError('data-malformed', `${name} is ${value}, not between ${low} and ${high}`)
  }
}
