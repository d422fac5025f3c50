import type { Rows } from './recorded.ts'

/** Tasks that both have run at least twice; fewer tell too little. */
const FEWEST_TASKS = 20

/**
 * The correlation, over tasks, of the true resolution rates of two systems: that of the means of their repeats, without
 * the chance in them (Spearman 1904, correction for attenuation). Null where too few tasks have repeats of both, or
 * where all that differs between the tasks may be chance.
 */
export function agreementOf(a: Rows, b: Rows): number | null {
  const [ofA, ofB] = [repeatedTasks(a), repeatedTasks(b)]
  const shared = [...ofA.keys()].filter((code) => ofB.has(code))
  if (shared.length < FEWEST_TASKS) return null
  const [inA, inB] = [ofA, ofB].map((tasks) => shared.map((code) => tasks.get(code) as TaskRate)) as [
    TaskRate[],
    TaskRate[],
  ]
  const spread = trueVariance(inA) * trueVariance(inB)
  if (!(spread > 0) || trueVariance(inA) <= 0) return null
  return Math.min(1, Math.max(0, covariance(inA, inB) / Math.sqrt(spread)))
}

interface TaskRate {
  readonly rate: number
  /** Variance of the rate by chance (unbiased). */
  readonly chance: number
}

function repeatedTasks({ values, codes }: Rows): ReadonlyMap<number, TaskRate> {
  const counts = new Map<number, { runs: number; resolved: number }>()
  for (let i = 0; i < values.length; i++) {
    const task = counts.get(codes[i] as number) ?? { runs: 0, resolved: 0 }
    task.runs++
    task.resolved += values[i] as number
    counts.set(codes[i] as number, task)
  }
  const rates = [...counts].flatMap(([code, { runs, resolved }]) => {
    const rate = resolved / runs
    return runs < 2 ? [] : [[code, { rate, chance: (rate * (1 - rate)) / (runs - 1) }] as const]
  })
  return new Map(rates)
}

const trueVariance = (tasks: readonly TaskRate[]): number =>
  covariance(tasks, tasks) - tasks.reduce((sum, { chance }) => sum + chance, 0) / tasks.length

function covariance(a: readonly TaskRate[], b: readonly TaskRate[]): number {
  const mean = (tasks: readonly TaskRate[]) => tasks.reduce((sum, { rate }) => sum + rate, 0) / tasks.length
  const [meanA, meanB] = [mean(a), mean(b)]
  return (
    a.reduce((sum, { rate }, i) => sum + (rate - meanA) * ((b[i] as TaskRate).rate - meanB), 0) /
    (a.length - 1)
  )
}
