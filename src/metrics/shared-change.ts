/** A series that was looked at for a change, by its time. */
export interface ChangedSeries {
  /** Milliseconds since the epoch; null = its level has not changed. */
  readonly sinceMs: number | null
  readonly isRise: boolean
  /** Its newest value, in milliseconds since the epoch. */
  readonly lastMs: number
}

/** Series that change for one reason change within so long of each other. */
const WITHIN_MS = 3 * 86_400_000

/**
 * Whether all series changed at once and the same way: when the first of them did, in milliseconds since the epoch, or null.
 * A series that ended before tells nothing; two at least must tell the same, and none otherwise.
 */
export function sharedChange(series: readonly ChangedSeries[]): number | null {
  const times = series.flatMap(({ sinceMs }) => (sinceMs === null ? [] : [sinceMs]))
  const first = Math.min(...times)
  const witnesses = series.filter(({ lastMs }) => lastMs >= first)
  const [one] = witnesses
  if (one === undefined || witnesses.length < 2) return null
  const agrees = witnesses.every(
    ({ sinceMs, isRise }) => sinceMs !== null && isRise === one.isRise && sinceMs - first <= WITHIN_MS,
  )
  return agrees ? first : null
}
