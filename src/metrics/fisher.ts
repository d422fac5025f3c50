import { checkProportion, type Proportion } from './proportion.ts'

/** Probabilities closer than this are one: far above rounding, far below what two different tables have. */
const SAME = 1 + 1e-10

/**
 * Fisher's exact test (1922) of two proportions: the two-sided p, the probability of all tables with these margins that
 * are no more likely than the one seen (the rule of R and SciPy). For rare events and independent runs.
 */
export function fisherExact(a: Proportion, b: Proportion): number {
  checkProportion(a)
  checkProportion(b)
  const successes = a.successes + b.successes
  const mode = Math.floor(((successes + 1) * (a.trials + 1)) / (a.trials + b.trials + 2))
  const upward = (x: number): number =>
    ((a.trials - x) * (successes - x)) / ((x + 1) * (b.trials - successes + x + 1))
  const downward = (x: number): number =>
    (x * (b.trials - successes + x)) / ((a.trials - x + 1) * (successes - x + 1))
  const seen = a.successes < mode ? product(downward, mode, a.successes) : product(upward, mode, a.successes)
  const [above, rareAbove] = tail(upward, { from: mode, step: 1, seen })
  const [below, rareBelow] = tail(downward, { from: mode, step: -1, seen })
  const rareMode = seen * SAME >= 1 ? 1 : 0
  return (rareMode + rareAbove + rareBelow) / (1 + above + below)
}

/** The likelihood of the table with x = `to` against that with x = `from`, by the ratios of neighbours. */
function product(ratio: (x: number) => number, from: number, to: number): number {
  const step = to < from ? -1 : 1
  let weight = 1
  for (let x = from; x !== to && weight > 0; x += step) weight *= ratio(x)
  return weight
}

/** The weight of all tables on one side of the most likely one, and of those no more likely than the one seen. */
function tail(
  ratio: (x: number) => number,
  { from, step, seen }: { readonly from: number; readonly step: 1 | -1; readonly seen: number },
): [all: number, rare: number] {
  let [all, rare] = [0, 0]
  let weight = ratio(from)
  for (let x = from + step; weight > 0; x += step) {
    all += weight
    if (weight <= seen * SAME) rare += weight
    weight *= ratio(x)
  }
  return [all, rare]
}
