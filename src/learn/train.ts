import type { Bundle, PairFacts, Regime, Residuals } from '../forecast/bundle.ts'
import { encoderOf } from '../forecast/encoding.ts'
import { strangenessOf } from '../forecast/unfamiliar.ts'
import { groupedFolds, leaveOneGroupOut } from '../regress/splits.ts'
import { type Dataset, QUANTITIES, type Quantity, targetsOf, tokensOf } from './dataset.ts'
import { ISSUE_ONLY, type Head, type Recipe, WITH_REPOSITORY } from './fit.ts'
import { crossPredict, type Fold, fitOn, type HeldOut } from './folds.ts'
import { fitResolved } from './resolved.ts'
import { noiseCorrelationOf, runNoiseOf } from './run-noise.ts'

export interface TrainParams {
  readonly id: string
  /** Of the random folds that the errors are taken from. */
  readonly seed: number
}

const FOLDS = 10

/** Makes a bundle from a dataset and nothing else: same dataset and seed, same bytes. */
export function trainBundle(dataset: Dataset, { id, seed }: TrainParams): Bundle {
  const all = dataset.tasks.map((_, t) => t)
  const random = groupedFolds(all, { folds: FOLDS, seed }).map(({ test }) => [...test])
  const byRepository = leaveOneGroupOut(dataset.tasks.map(({ repository }) => repository)).map(({ test }) => [...test])
  const known = crossPredict(dataset, random, WITH_REPOSITORY)
  const heads = { repository: fitAll(dataset, WITH_REPOSITORY), issue: fitAll(dataset, ISSUE_ONLY) }
  return {
    schema: 'bundle/1',
    id,
    data: dataset.hash,
    tasks: dataset.tasks.length,
    pairs: pairFacts(dataset),
    heads: { repository: plainHead(heads.repository), issue: plainHead(heads.issue) },
    residuals: residualsByRegime(dataset, known, byRepository),
    noiseCorrelation: round(noiseCorrelationOf(dataset), 4),
    resolved: fitResolved(dataset, known.sizes),
    unfamiliar: unfamiliarLimits(dataset, heads.repository),
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

function fitAll(dataset: Dataset, recipe: Recipe): Head {
  const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
  return fitOn(dataset, targets, dataset.tasks.map((_, t) => t), recipe)
}

function residualsByRegime(dataset: Dataset, known: HeldOut, byRepository: readonly Fold[]): Bundle['residuals'] {
  const regimes: Record<Regime, HeldOut> = {
    known,
    new: crossPredict(dataset, byRepository, WITH_REPOSITORY),
    issue: crossPredict(dataset, byRepository, ISSUE_ONLY),
  }
  const entries = Object.entries(regimes).map(([regime, heldOut]) => [regime, residualsOf(dataset, heldOut)] as const)
  return Object.fromEntries(entries) as Bundle['residuals']
}

function residualsOf(dataset: Dataset, { predicted }: HeldOut): Residuals[] {
  const pairs = dataset.pairs.length
  const actual = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
  return dataset.spend.map((rows, p) => {
    const tasks = [...rows.keys()].sort((a, b) => a - b)
    const of = (quantity: Quantity) =>
      tasks.map((t) => {
        const at = t * pairs + p
        return round((actual[quantity][at] as number) - (predicted[quantity][at] as number), 4)
      })
    return { output: of('output'), total: of('total') }
  })
}

function pairFacts(dataset: Dataset): PairFacts[] {
  const noise = { output: runNoiseOf(dataset, 'output'), total: runNoiseOf(dataset, 'total') }
  return dataset.pairs.map(({ agent, model }, p): PairFacts => {
    const rows = [...(dataset.spend[p]?.values() ?? [])]
    const caching = dataset.caching[p]
    return {
      agent,
      model,
      runs: Math.max(...rows.map(({ runs }) => runs)),
      tasks: rows.length,
      cacheReadShare: caching?.cacheReadShare ?? null,
      cacheWriteShare: caching?.cacheWriteShare ?? null,
      calls: callsLine(rows.flatMap((row) => (row.calls ? [[tokensOf(row, 'total'), row.calls] as const] : []))),
      runNoise: { output: round(noise.output[p] as number, 4), total: round(noise.total[p] as number, 4) },
    }
  })
}

/** log10 calls on log10 total tokens by least squares; null below 20 tasks. */
function callsLine(points: readonly (readonly [total: number, calls: number])[]): PairFacts['calls'] {
  if (points.length < 20) return null
  const logs = points.map(([total, calls]) => [Math.log10(total), Math.log10(calls)] as const)
  const mean = (of: (point: readonly [number, number]) => number) =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length
  const [x, y] = [mean(([a]) => a), mean(([, b]) => b)]
  const slope = mean(([a, b]) => (a - x) * (b - y)) / mean(([a]) => (a - x) ** 2)
  return { intercept: round(y - slope * x, 5), slope: round(slope, 5) }
}

/** Weights with five significant digits: the forecasts stay the same to 0.01 %, the file is half as long. */
function plainHead({ encoding, quantities }: Head): Bundle['heads']['repository'] {
  const short = (values: readonly number[]) => values.map((value) => Number(value.toPrecision(5)))
  const plain = QUANTITIES.map((quantity) => {
    const { shared, series, common } = quantities[quantity]
    return [quantity, { shared: short(shared), series: series.map((one) => ({ ...one, own: short(one.own) })), common }]
  })
  const scales = Object.entries(encoding.scales).map(([group, pairs]) => [group, pairs.map(short)])
  return {
    encoding: { ...encoding, scales: Object.fromEntries(scales) },
    quantities: Object.fromEntries(plain),
  } as Bundle['heads']['repository']
}

/** The limits that 99 % of the training tasks keep. */
function unfamiliarLimits(dataset: Dataset, head: Head): Bundle['unfamiliar'] {
  const encoder = encoderOf(head.encoding)
  const measured = dataset.tasks.map((task) => strangenessOf(encoder, task, encoder.encode(task)))
  const limit = (values: readonly number[]) =>
    round([...values].sort((a, b) => a - b)[Math.floor(0.99 * (values.length - 1))] as number, 4)
  return { grams: limit(measured.map(({ grams }) => grams)), distance: limit(measured.map(({ distance }) => distance)) }
}
