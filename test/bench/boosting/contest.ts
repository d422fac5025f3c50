import { availableParallelism } from 'node:os'
import { fitBoostingOnCores } from '../../../src/learn/cores/fit-boosting-on-cores.ts'
import { pinballLoss } from '../../../src/metrics/pinball.ts'
import type { BoostingState } from '../../../src/regress/boosting-forest.ts'
import type { Loss } from '../../../src/regress/boosting-loss.ts'
import { gradientBoosting } from '../../../src/regress/gradient-boosting.ts'
import { type Finding, findingOf, median } from '../finding.ts'
import { inTurn } from '../rounds.ts'
import { type Fitted, type LightGbm, startLightGbm } from './lightgbm.ts'
import type { SyntheticTable } from './synthetic-table.ts'

/** What both came to on one table. */
export interface Contest {
  readonly ours: readonly number[]
  /** Empty where LightGBM is not installed. */
  readonly theirs: readonly number[]
  readonly score: { readonly ours: number; readonly theirs: number | null }
  readonly state: BoostingState
}

/** Runs a contest on each of the losses; both fit the same rows with the same settings on all cores. */
export async function contests(
  table: SyntheticTable,
  asked: readonly { readonly loss: Loss; readonly rounds: number }[],
): Promise<readonly Contest[]> {
  const lightGbm = await startLightGbm(table)
  try {
    const out: Contest[] = []
    for (const { loss, rounds } of asked) out.push(await contest(table, { lightGbm, loss, rounds }))
    return out
  } finally {
    lightGbm?.end()
  }
}

interface Rules {
  readonly lightGbm: LightGbm | null
  readonly loss: Loss
  readonly rounds: number
}

async function contest(table: SyntheticTable, { lightGbm, loss, rounds }: Rules): Promise<Contest> {
  const threads = availableParallelism()
  let last: { readonly state: BoostingState; readonly fitted: Fitted | null } | undefined
  const ours = async (): Promise<number> => {
    const start = performance.now()
    const state = await fitBoostingOnCores(table.train.x, table.train.y, { loss, seed: 1, threads })
    const ms = performance.now() - start
    last = { state, fitted: last?.fitted ?? null }
    return ms
  }
  const theirs = async (): Promise<number> => {
    const fitted = (await lightGbm?.fit(loss, threads)) ?? null
    if (last) last = { ...last, fitted }
    return fitted?.ms ?? Number.NaN
  }
  const times = await inTurn(rounds, ours, theirs)
  if (last === undefined) throw new Error('nothing was fitted')
  const predicted = gradientBoosting.predict(last.state, table.test.x)
  const score = (each: Float64Array) => scoreOf(loss, table.test.y, each)
  return {
    ours: times.a,
    theirs: lightGbm === null ? [] : times.b,
    score: { ours: score(predicted), theirs: last.fitted && score(last.fitted.predicted) },
    state: last.state,
  }
}

/** R² of means, the loss itself of quantiles. */
function scoreOf(loss: Loss, actual: Float64Array, predicted: Float64Array): number {
  if (loss.kind === 'pinball') return pinballLoss(actual, predicted, loss.level)
  const mean = actual.reduce((sum, value) => sum + value, 0) / actual.length
  const lost = actual.reduce((sum, value, i) => sum + (value - (predicted[i] as number)) ** 2, 0)
  return 1 - lost / actual.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

/** How long we took for what LightGBM did, and how much worse our forecasts are, in per cent. */
export function contestFindings(
  { ours, theirs, score }: Contest,
  { loss, what }: { readonly loss: Loss; readonly what: string },
): readonly Finding[] {
  const seconds = (times: readonly number[]) => `${(median(times) / 1000).toPrecision(3)} s`
  if (score.theirs === null) {
    const alone = `${what}; R² or loss ${score.ours.toPrecision(4)}; LightGBM is not in .venv-bench`
    return [
      findingOf(
        ours.map((ms) => ms / 1000),
        { unit: 's', target: null, what: `training, ${alone}` },
      ),
    ]
  }
  const ratios = ours.map((ms, k) => ms / (theirs[k] as number))
  const time = `training, ${what} (${seconds(ours)}) : LightGBM (${seconds(theirs)})`
  const worse = 100 * (score.ours / score.theirs - 1) * (loss.kind === 'pinball' ? 1 : -1)
  const name = loss.kind === 'pinball' ? `pinball loss at ${loss.level}` : 'R²'
  const compared = `${score.ours.toPrecision(4)} : ${score.theirs.toPrecision(4)} of LightGBM`
  return [
    findingOf(ratios, { unit: '×', target: 4, what: time }),
    findingOf([worse], { unit: '%', target: 1, what: `worse on unseen rows, ${what}: ${name} ${compared}` }),
  ]
}
