import { type Bundle, REGIMES, type Regime, type Residuals } from '../../forecast/bundle.ts'
import { noiseSequence } from '../../forecast/run-noise.ts'
import { QUANTITIES, type Quantity } from '../dataset.ts'
import { type PairShape, PLAIN_SHAPE } from './design.ts'
import { type OwnHead, type OwnInput, runVarianceBefore } from './fit-own.ts'
import type { HeldOutCells } from './held-out.ts'
import type { OwnHistory } from './history.ts'
import { startVariances, strayVariance } from './variances.ts'

/** So many own tasks count as much as the errors that were known before. */
const PRIOR_TASKS = 30
/** Of a pair the errors of so many runs are kept, the newest. */
const MOST_RUNS = 400

/** Forecasts of the cells, by what was left out of the fit; null = too few to tell. */
export type HeldOut = Readonly<Record<Regime, HeldOutCells | null>>

/** The errors of every pair, by regime, in the order of `learntHead`: own errors mixed with those known before. */
export function learntResiduals(input: OwnInput, head: OwnHead, heldOut: HeldOut): Bundle['residuals'] {
  const { bundle } = input
  const { pairs } = head.layout
  const entries = REGIMES.map((regime) => {
    const own = ownResiduals(input, pairs.length, heldOut[regime])
    const errors = (pair: number, series: number | null) => {
      const before = singleRuns(bundle, regime, series)
      return mixed(own[pair] as OwnErrors, before, widths(head, pair, before))
    }
    const before = bundle.residuals[regime]
    const known = before.map((each, s) => {
      const pair = pairs.findIndex((own) => own.kinship === 'trained' && own.series === s)
      if (pair < 0) return each
      return { plain: errors(pair, s), hinted: each.hinted }
    })
    const fresh = pairs.flatMap(({ kinship, series }, pair) =>
      kinship === 'trained' ? [] : [{ plain: errors(pair, series), hinted: null }],
    )
    return [regime, [...known, ...fresh]]
  })
  return Object.fromEntries(entries) as Bundle['residuals']
}

/**
 * By what the errors known before are to be stretched. Those of the pair itself are stretched as what varies was found to;
 * borrowed ones are no more than a shape, and made as wide as the pair strays.
 */
function widths({ layout, quantities }: OwnHead, pair: number, before: Residuals): Record<Quantity, number> {
  const isOwn = layout.pairs[pair]?.kinship === 'trained'
  const of = (quantity: Quantity) => {
    const { variances, shapes } = quantities[quantity]
    const start = startVariances(runVarianceBefore(layout.bundle, quantity))
    const found = Math.sqrt(strayVariance(variances, shapes[pair] as PairShape))
    const known = isOwn ? Math.sqrt(strayVariance(start, PLAIN_SHAPE)) : rootMeanSquare(before[quantity])
    return found / known
  }
  return { output: of('output'), total: of('total') }
}

/** Errors of single runs of one pair, output and total of the same run together, and how many tasks they are of. */
interface OwnErrors extends Residuals {
  readonly tasks: number
}

const round = (value: number): number => Number(value.toFixed(4))

function ownResiduals(
  { history, cells }: OwnInput,
  pairs: number,
  heldOut: HeldOutCells | null,
): readonly OwnErrors[] {
  const forecast = new Map<string, number>()
  for (const [place, { task, pair, censored }] of cells.entries())
    if (!censored) forecast.set(`${task} ${pair}`, place)
  const runs: OwnHistory['runs'][number][][] = Array.from({ length: pairs }, () => [])
  if (heldOut !== null) for (const run of history.runs) if (run.telling === 'whole') runs[run.pair]?.push(run)
  return runs.map((own) => {
    const newest = own.slice(-MOST_RUNS)
    const errors = (quantity: Quantity) =>
      newest.map((run) => {
        const place = forecast.get(`${run.task} ${run.pair}`) as number
        return round(run[quantity] - ((heldOut as HeldOutCells)[quantity][place] as number))
      })
    return {
      output: errors('output'),
      total: errors('total'),
      tasks: new Set(newest.map(({ task }) => task)).size,
    }
  })
}

/** The errors known before, of a pair or of all in turn, made those of single runs. */
function singleRuns(bundle: Bundle, regime: Regime, series: number | null): Residuals {
  const all = series === null ? [...bundle.pairs.keys()] : [series]
  const noise = noiseSequence(bundle.tasks, bundle.noiseCorrelation)
  const of = (quantity: Quantity) =>
    Array.from({ length: bundle.tasks }, (_, i) => {
      const pair = all[i % all.length] as number
      const { runs, runNoise } = bundle.pairs[pair] as Bundle['pairs'][number]
      const values = bundle.residuals[regime][pair]?.plain[quantity] ?? []
      const sd = runNoise[quantity] * Math.sqrt(1 - 1 / runs)
      return (values[i % values.length] as number) + sd * (noise[i]?.[quantity] ?? 0)
    })
  return { output: of('output'), total: of('total') }
}

/** Evenly spread picks of both, own errors by the weight of their tasks; those known before are stretched. */
function mixed(own: OwnErrors, before: Residuals, widths: Readonly<Record<Quantity, number>>): Residuals {
  const size = before.total.length
  const share = Math.round((size * own.tasks) / (own.tasks + PRIOR_TASKS))
  const picked = (values: readonly number[], count: number) =>
    Array.from({ length: count }, (_, k) => values[Math.floor(((k + 0.5) * values.length) / count)] as number)
  const of = (quantity: Quantity) =>
    [
      ...picked(own[quantity], share),
      ...picked(before[quantity], size - share).map((value) => widths[quantity] * value),
    ].map(round)
  return Object.fromEntries(QUANTITIES.map((quantity) => [quantity, of(quantity)])) as unknown as Residuals
}

/** Above 0, so that errors which are all nothing stay so. */
const rootMeanSquare = (values: readonly number[]): number =>
  Math.max(1e-6, Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length))
