/** Runs of a system, with what each spent and whether it was resolved (1 or 0). */
export interface Spent {
  readonly amounts: ArrayLike<number>
  readonly resolved: ArrayLike<number>
}

/**
 * The effectiveness as SWE-Effi computes it, found by holding its values against its runs: the points of the curve of
 * RR@x are joined by straight lines, one point for each run in the order of what it spent. Runs over the cap are dropped,
 * and where there are any the curve ends at the greatest run left; else it goes on to the cap.
 */
export function areaByLines(
  { amounts, resolved }: Spent,
  { cap, tasks }: { readonly cap: number; readonly tasks: number },
): number {
  const order = Array.from({ length: amounts.length }, (_, i) => i)
    .filter((i) => (amounts[i] as number) <= cap)
    .sort((a, b) => (amounts[a] as number) - (amounts[b] as number) || a - b)
  let [x, count, area] = [0, 0, 0]
  for (const i of order) {
    const next = count + (resolved[i] as number)
    area += (((amounts[i] as number) - x) * (count + next)) / 2
    x = amounts[i] as number
    count = next
  }
  if (order.length === amounts.length) area += (cap - x) * count
  return area / cap / tasks
}
