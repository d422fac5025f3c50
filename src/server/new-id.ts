import { randomBytes } from 'node:crypto'

/** An id that nobody can guess; those made later sort behind, so that the index of them grows at its end. */
export const newId = (kind: string, nowMs: number): string =>
  `${kind}_${nowMs.toString(36).padStart(9, '0')}${randomBytes(10).toString('hex')}`
