import { binomialTest } from './binomial-test.ts'

/** Coverage that is not as claimed. */
export interface CoverageAlarm {
  /** Index of the run that raised it. */
  readonly since: number
  /** Of the newest runs, so many were covered. */
  readonly covered: number
  readonly runs: number
  /** Of the exact binomial test of those. */
  readonly p: number
}

const FEWEST = 50
const MOST = 200
/** A run at which the newest 50 to 200 are this unlikely raises the alarm: without cause in 2 of 100 series of 1,000 runs. */
const RAISES = 0.0005
/** One at which they are this likely again ends it. */
const CLEARS = 0.05

/**
 * Whether the newest runs of a series are covered other than claimed: at each run an exact two-sided binomial test of the
 * newest 50 to 200. Null = not, or not any more.
 * @param covered run by run, in their order
 * @param claim the share that should be
 */
export function coverageAlarm(covered: readonly boolean[], claim: number): CoverageAlarm | null {
  let last: CoverageAlarm | null = null
  for (const alarm of coverageAlarms(covered, claim)) last = alarm
  return last
}

/** The same as it stood after each run. */
export function* coverageAlarms(covered: readonly boolean[], claim: number): Generator<CoverageAlarm | null> {
  const test = remembered((hits, runs) => binomialTest(hits, runs, claim))
  let since: number | null = null
  let hits = 0
  for (let i = 0; i < covered.length; i++) {
    hits += Number(covered[i]) - (i >= MOST ? Number(covered[i - MOST]) : 0)
    const runs = Math.min(MOST, i + 1)
    const p = runs < FEWEST ? 1 : test(hits, runs)
    if (p < RAISES) since ??= i
    else if (p > CLEARS) since = null
    yield since === null ? null : { since, covered: hits, runs, p }
  }
}

/** A series asks the same again and again. */
function remembered(test: (hits: number, runs: number) => number): typeof test {
  const known = new Map<number, number>()
  return (hits, runs) => {
    const key = runs * (MOST + 1) + hits
    const value = known.get(key) ?? test(hits, runs)
    known.set(key, value)
    return value
  }
}
