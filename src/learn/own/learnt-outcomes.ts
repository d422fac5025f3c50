import type { Bundle } from '../../forecast/bundle.ts'
import { logistic, TASK_NODES } from '../../forecast/resolved.ts'
import type { OwnHead, OwnInput } from './fit-own.ts'

/** Standard deviation, in logits, of the level of a pair about the one that was known before. */
const LEVEL_SD = 1
const STEPS = 60

/** Levels of P(resolved), in the order of `learntHead`: the likeliest, given the outcomes of own runs and what was known. */
export function learntOutcomes({ bundle, history }: OwnInput, own: OwnHead): Bundle['resolved'] {
  const { resolved } = bundle
  const outcomes: Outcome[][] = own.layout.pairs.map(() => [])
  for (const run of history.runs) {
    if (run.resolved === null) continue
    const { size } = own.view.tasks[run.task] as OwnHead['view']['tasks'][number]
    outcomes[run.pair]?.push({ size: size.total, resolved: run.resolved })
  }
  const known = resolved.levels.flatMap((level) => (level === null ? [] : [level]))
  const mean = known.reduce((sum, level) => sum + level, 0) / Math.max(1, known.length)
  const learn = (pair: number, before: number | null) => {
    const own = outcomes[pair] as Outcome[]
    return own.length === 0 ? before : likeliest(resolved, own, before ?? mean)
  }
  const levels = resolved.levels.map((level, s) => {
    const pair = own.layout.pairs.findIndex((each) => each.kinship === 'trained' && each.series === s)
    return pair < 0 ? level : learn(pair, level)
  })
  const fresh = own.layout.pairs.flatMap(({ kinship, series }, pair) =>
    kinship === 'trained' ? [] : [learn(pair, resolved.levels[series ?? -1] ?? null)],
  )
  return { ...resolved, levels: [...levels, ...fresh] }
}

interface Outcome {
  readonly size: number
  readonly resolved: boolean
}

/** The slope of the log posterior falls in the level: its root by halving. */
function likeliest(
  { slope, taskSd }: Bundle['resolved'],
  outcomes: readonly Outcome[],
  before: number,
): number {
  const gradient = (level: number): number =>
    outcomes.reduce((sum, outcome) => sum + scoreOf(outcome, { level, slope, taskSd }), 0) -
    (level - before) / LEVEL_SD ** 2
  let [low, high] = [before - 20, before + 20]
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (gradient(middle) > 0) low = middle
    else high = middle
  }
  return Number(((low + high) / 2).toFixed(4))
}

/** d log P(outcome) / d level, smeared over what is not known of the task. */
function scoreOf(
  { size, resolved }: Outcome,
  { level, slope, taskSd }: { readonly level: number; readonly slope: number; readonly taskSd: number },
): number {
  let [likelihood, derivative] = [0, 0]
  for (const node of TASK_NODES) {
    const p = logistic(level + slope * size + taskSd * node)
    likelihood += resolved ? p : 1 - p
    derivative += (resolved ? 1 : -1) * p * (1 - p)
  }
  return derivative / likelihood
}
