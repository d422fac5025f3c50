import type { TaskFeatures } from '../../features/feature-code.ts'
import type { AskedTask, ReadTask } from '../../forecast/read-workbench.ts'
import type { KeptForecast } from '../../store/keep-estimates.ts'
import type { InForce } from '../service-context.ts'

/** Forecasts of a task as text. */
export type MadeForecasts = ReadTask & {
  readonly forecasts: readonly KeptForecast[]
  /** What the bundle was made from. */
  readonly data: string
  readonly features: TaskFeatures
}

/** Gives what was made for the same task, or makes it. */
export type Remembered = (
  task: AskedTask,
  url: string | null,
  make: () => Promise<MadeForecasts>,
) => Promise<MadeForecasts>

/** Prices change by the day, nowhere within an hour. */
const HOUR_MS = 3_600_000

/**
 * Remembers forecasts from the issue alone: the same question, of a gate at each push or a page that is looked at again, has
 * the same answer as long as bundle and prices are the same. Those that read a repository may meet another commit.
 */
export function remember(
  inForce: () => InForce,
  nowMs: () => number,
  { mostChars }: { readonly mostChars: number },
): Remembered {
  let known = new Map<string, MadeForecasts>()
  let chars = 0
  let made: { readonly with: InForce; readonly hour: number } | null = null
  const forgetWhatChanged = (): void => {
    const now = { with: inForce(), hour: Math.floor(nowMs() / HOUR_MS) }
    if (made?.with === now.with && made.hour === now.hour) return
    known = new Map()
    chars = 0
    made = now
  }
  const keep = (key: string, value: MadeForecasts): void => {
    chars += sizeOf(key, value)
    known.set(key, value)
    for (const [oldest, old] of known) {
      if (chars <= mostChars) return
      known.delete(oldest)
      chars -= sizeOf(oldest, old)
    }
  }
  return async (task, url, make) => {
    if (url !== null || task.repository.commit !== null) return make()
    forgetWhatChanged()
    const key = JSON.stringify(task)
    const found = known.get(key)
    if (found !== undefined) {
      // What was asked for last goes last.
      known.delete(key)
      known.set(key, found)
      return found
    }
    const basis = made
    const value = await make()
    if (value.commit === null && made === basis && !known.has(key)) keep(key, value)
    return value
  }
}

const sizeOf = (key: string, { forecasts }: MadeForecasts): number =>
  forecasts.reduce((sum, { document }) => sum + document.length, key.length)
