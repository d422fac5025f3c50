/** A size in percentage points, without a sign: `3 pp`, `12.4 pp`, `0.25 pp`. */
export function points(share: number): string {
  const size = Math.abs(share) * 100
  return `${Number(size < 1 ? size.toPrecision(2) : size.toFixed(1))} pp`
}
