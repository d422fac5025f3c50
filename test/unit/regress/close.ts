import assert from 'node:assert/strict'
import { KnownError } from '../../../src/errors.ts'

/** Every number is within `tolerance` of the expected one, relative to it where it is larger than 1. */
export function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-8): void {
  assert.equal(actual.length, expected.length)
  for (const [i, value] of Array.from(expected).entries()) {
    const miss = Math.abs((actual[i] as number) - value)
    assert.ok(miss <= tolerance * Math.max(1, Math.abs(value)), `entry ${i}: ${actual[i]}, expected ${value}`)
  }
}

/** The call fails with this error and its message names the value that was wrong. */
export function refuses(call: () => unknown, code: string, named: RegExp): void {
  assert.throws(
    call,
    (error) => error instanceof KnownError && error.code === code && named.test(error.detail),
  )
}

/** What a state is after it was written to a file and read again. */
export const reread = <S>(state: S): S => JSON.parse(JSON.stringify(state))
