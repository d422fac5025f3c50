import type { RunPlace } from '../../store/run-page.ts'
import { placeOf } from '../http/cursor.ts'
import { MalformedRequest } from '../http/problem.ts'

/** Where a list of runs goes on; null = it begins. @throws MalformedRequest */
export function placeIn(cursor: string | undefined): RunPlace | null {
  if (cursor === undefined) return null
  const [startedAt, row, ...rest] = placeOf(cursor)
  const isOurs = typeof row === 'number' && Number.isSafeInteger(row) && rest.length === 0
  if (isOurs && (startedAt === null || typeof startedAt === 'string')) return { startedAt, row }
  throw new MalformedRequest('the query', [
    { pointer: '/cursor', detail: 'expected the "next" of an earlier answer' },
  ])
}
