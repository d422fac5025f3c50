/**
 * The root of a continuous function between two ends where its signs differ, to about machine precision: inverse
 * quadratic steps where they are safe, halving elsewhere (Chandrupatla 1997).
 */
export function rootBetween(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [high, low]
  let [fa, fb] = [f(a), f(b)]
  let share = 0.5
  for (;;) {
    const x = a + share * (b - a)
    const fx = f(x)
    const same = fx > 0 === fa > 0
    const [c, fc] = same ? [a, fa] : [b, fb]
    if (!same) [b, fb] = [a, fa]
    ;[a, fa] = [x, fx]
    const best = Math.abs(fa) < Math.abs(fb) ? a : b
    const tolerance = (2 * Number.EPSILON * Math.abs(best) + Number.MIN_VALUE) / Math.abs(b - a)
    if (tolerance > 0.5 || fa === 0 || fb === 0) return best
    const step = isSafe((a - b) / (c - b), (fa - fb) / (fc - fb))
      ? (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb))
      : 0.5
    share = Math.min(1 - tolerance, Math.max(tolerance, step))
  }
}

const isSafe = (xi: number, phi: number): boolean => phi * phi < xi && (1 - phi) ** 2 < 1 - xi
