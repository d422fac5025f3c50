import { hash } from 'node:crypto'
import type { OpenRun } from './open-run.ts'

/** Failed requests of a run that are remembered: a client tries again soon, or not at all. */
const REMEMBERED = 100

/** How often the same request has failed before this one, in a row. */
export function retryOf({ failed }: OpenRun, body: Uint8Array): number {
  return failed.size === 0 ? 0 : (failed.get(nameOf(body)) ?? 0)
}

/** Notes how a request went, so that the next attempt at it is known as one. */
export function tellFailure({ failed }: OpenRun, body: Uint8Array, hasFailed: boolean): void {
  if (!hasFailed && failed.size === 0) return
  const name = nameOf(body)
  const before = failed.get(name) ?? 0
  failed.delete(name)
  if (!hasFailed) return
  failed.set(name, before + 1)
  const [oldest] = failed.keys()
  if (failed.size > REMEMBERED && oldest !== undefined) failed.delete(oldest)
}

const nameOf = (body: Uint8Array): string => hash('sha1', body, 'base64')
