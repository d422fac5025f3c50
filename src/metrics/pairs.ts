import { KnownError } from '../errors.ts'

/** Refuses two series that are not equally long, shorter than `least`, or hold something that is no finite number. */
export function checkPairs(a: ArrayLike<number>, b: ArrayLike<number>, least = 1): void {
  if (a.length !== b.length)
    throw new KnownError('data-malformed', `series of ${a.length} and ${b.length} values`)
  if (a.length < least)
    throw new KnownError('too-little-data', `${a.length} values, at least ${least} are needed`)
  for (let i = 0; i < a.length; i++) {
    if (Number.isFinite(a[i]) && Number.isFinite(b[i])) continue
    throw new KnownError('data-malformed', `row ${i} holds ${a[i]} and ${b[i]}`)
  }
}
