import { MalformedRequest } from './problem.ts'

/** Where a list goes on, as callers see it: not to be made or read by them. */
export const cursorOf = (place: readonly (string | number | null)[] | null): string | null =>
  place === null ? null : Buffer.from(JSON.stringify(place)).toString('base64url')

/** The row a list goes on before; null = from the newest. @throws MalformedRequest */
export function rowOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const place = placeOf(cursor)
  const [row] = place
  if (place.length !== 1 || typeof row !== 'number' || !Number.isSafeInteger(row)) throw refused()
  return row
}

/** The parts of a cursor. @throws MalformedRequest */
export function placeOf(cursor: string): readonly (string | number | null)[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(place) && place.every(isPart)) return place
  } catch {
    // told below, like any other that is not ours
  }
  throw refused()
}

const isPart = (part: unknown): part is string | number | null =>
  part === null || typeof part === 'string' || typeof part === 'number'

const refused = (): MalformedRequest =>
  new MalformedRequest('the query', [
    { pointer: '/cursor', detail: 'expected the "next" of an earlier answer' },
  ])
