import { quantile } from '../../src/regress/quantile.ts'

/** What one measurement came to. */
export interface Finding {
  /** Median over the runs. */
  readonly value: number
  readonly unit: '×' | '%' | 'MB' | 's' | 'ms' | 'µs' | 'tasks/s' | 'rows/s'
  /** The value should be at most this; null = for information. */
  readonly target: number | null
  /** First and third quartile over the runs; null for a single run. */
  readonly quartiles: readonly [number, number] | null
  /** What was measured, and against what. */
  readonly what: string
}

/** The median of what several runs came to, with its quartiles. */
export function findingOf(runs: readonly number[], rest: Pick<Finding, 'unit' | 'target' | 'what'>): Finding {
  const quartiles = [quantile(runs, 0.25), quantile(runs, 0.75)] as const
  return { ...rest, value: median(runs), quartiles: runs.length > 1 ? quartiles : null }
}

/** The ratio of times taken in pairs, `ours` and `theirs` of one index one right after the other. */
export function ratioOf(
  ours: readonly number[],
  theirs: readonly number[],
  { target, what }: { readonly target: number | null; readonly what: (a: string, b: string) => string },
): Finding {
  const ratios = ours.map((ms, index) => ms / (theirs[index] ?? Number.NaN))
  const text = what(milliseconds(median(ours)), milliseconds(median(theirs)))
  return findingOf(ratios, { unit: '×', target, what: text })
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
