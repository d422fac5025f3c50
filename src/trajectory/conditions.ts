import type { Conditions } from './run.ts'

/** Nothing is recorded of the resources. */
export const NO_CONDITIONS: Conditions = { multiplier: null, host: null, concurrency: null }

/** How the lack of a limit is written where there is no number for it, as in JSON. */
export const UNCAPPED = 'uncapped'

/** Conditions in JSON. */
export interface WrittenConditions {
  readonly multiplier: number | typeof UNCAPPED | null
  readonly host: string | null
  readonly concurrency: number | null
}

/** Conditions as JSON holds them; null where nothing is recorded. */
export function writtenConditions(conditions: Conditions): WrittenConditions | null {
  if (Object.values(conditions).every((value) => value === null)) return null
  const { multiplier, host, concurrency } = conditions
  return { multiplier: multiplier === Number.POSITIVE_INFINITY ? UNCAPPED : multiplier, host, concurrency }
}

type Loose<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | null | undefined }

/** The conditions that JSON tells; what it leaves out is not recorded. */
export function conditionsIn(written: Loose<WrittenConditions> | null | undefined): Conditions {
  const { multiplier = null, host = null, concurrency = null } = written ?? {}
  return { multiplier: multiplierOf(multiplier), host, concurrency }
}

/** A multiplier as it is counted with: Infinity = uncapped. */
export const multiplierOf = (written: WrittenConditions['multiplier']): number | null =>
  written === UNCAPPED ? Number.POSITIVE_INFINITY : written

/** What one telling leaves open and the other knows. */
export const filledConditions = (first: Conditions, other: Conditions): Conditions => ({
  multiplier: first.multiplier ?? other.multiplier,
  host: first.host ?? other.host,
  concurrency: first.concurrency ?? other.concurrency,
})
