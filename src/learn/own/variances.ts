import type { Bundle } from '../../forecast/bundle.ts'
import { agentGap, agentPrior, knowsAgent } from '../../forecast/pair.ts'
import { coordinateDescent } from '../../regress/coordinate-descent.ts'
import { fitCrossed } from '../../regress/crossed-effects.ts'
import type { CrossedRows, CrossedVariances } from '../../regress/crossed-equations.ts'
import type { Quantity } from '../dataset.ts'
import type { PairShape } from './design.ts'
import { EFFECTS, type EffectKind, type Layout } from './layout.ts'

/** What varies, each with one scale that the runs themselves decide on. */
const SCALES = ['row', 'group', ...EFFECTS] as const
type Scale = (typeof SCALES)[number]
type Scales = Readonly<Record<Scale, number>>

/** Standard deviations, in log10 tokens, before any own run is seen; of agents and pairs, factors on theirs. */
const START: Scales = {
  row: 0.15,
  group: 0.2,
  all: 0.6,
  scale: 0.6,
  agent: 1,
  pair: 1,
  repository: 0.3,
  feature: 0.15,
}
/** Of the natural logarithm of a standard deviation about its start: a few runs must not decide what varies. */
const PRIOR_SD = 0.5

/** What is learnt on, so that it stays the same wherever there are more: the scales need no million rows. */
const MOST_ROWS = 1000

export interface VarianceOptions {
  readonly bundle: Bundle
  readonly layout: Layout
  readonly quantity: Quantity
  /** Variance of one run about the mean of its task and pair. */
  readonly run: number
}

/** Variance of a run of a task not seen about its forecast, of a pair that follows sizes and strays so. */
export const strayVariance = ({ row, run, group }: Spreads, { slope, noise }: PairShape): number =>
  slope ** 2 * group + noise * (row + run)

type Spreads = Pick<CrossedVariances, 'row' | 'run' | 'group'>

/** Where the variances start; `run`: of one run about the mean of its task and pair. */
export const startVariances = (run: number): Spreads => ({
  row: START.row ** 2,
  group: START.group ** 2,
  run,
})

/** What was found, and the scales it was found at, from which a search can go on. */
export interface FoundVariances extends CrossedVariances {
  /** Logarithms of the factors on the start. */
  readonly scales: readonly number[]
}

const FIRST_STEPS = [1, 0.7, 0.4]
const NEXT_STEPS = [0.4]

/** The variances under which the rows are likeliest, drawn to where they start (maximum a posteriori). */
export function fitVariances(
  rows: CrossedRows,
  options: VarianceOptions,
  before: readonly number[] | null = null,
): FoundVariances {
  const sample = newestGroups(rows, MOST_ROWS)
  const at = (x: readonly number[]) => variancesOf(scalesOf(x), options)
  const loss = (x: readonly number[]): number => {
    const prior = x.reduce((sum, value) => sum + (value / PRIOR_SD) ** 2, 0) / 2
    return prior - fitCrossed(sample, at(x)).logLikelihood
  }
  const scales = coordinateDescent(loss, before ?? SCALES.map(() => 0), {
    steps: before === null ? FIRST_STEPS : NEXT_STEPS,
  })
  return { ...at(scales), scales }
}

/** The scales from the logarithms of their factors on the start. */
const scalesOf = (x: readonly number[]): Scales =>
  Object.fromEntries(SCALES.map((name, k) => [name, START[name] * Math.exp(x[k] as number)])) as Scales

function variancesOf(scales: Scales, options: VarianceOptions): CrossedVariances {
  const pairs = options.layout.pairs.map(({ kinship }) => levelSd(kinship, options))
  const { agents, at } = options.layout
  const sd = (kind: EffectKind, place: number) => {
    if (kind === 'pair') return scales.pair * (pairs[place - at.pair] as number)
    if (kind !== 'agent') return scales[kind]
    const agent = agents[place - at.agent] ?? ''
    const { sd } = agentPrior(options.bundle, agent, options.quantity)
    return scales.agent * (knowsAgent(options.bundle, agent) ? KNOWN_AGENT_SD : sd)
  }
  return {
    row: scales.row ** 2,
    run: options.run,
    group: scales.group ** 2,
    effects: Float64Array.from(options.layout.kinds, (kind, place) => sd(kind, place) ** 2),
  }
}

/** How far the level of a pair may lie from the one that stands for it. */
function levelSd(kinship: Layout['pairs'][number]['kinship'], { bundle, quantity }: VarianceOptions): number {
  const { common, series } = bundle.heads.repository.quantities[quantity]
  if (kinship === 'trained') return TRAINED_SD
  return kinship === 'unseen' ? common.offsetSd : (agentGap(bundle, series) ?? common.offsetSd)
}

/** Of an agent trained on, which elsewhere is equipped otherwise. */
const KNOWN_AGENT_SD = 0.2
/** Of a pair trained on: elsewhere it is prompted and equipped otherwise. */
const TRAINED_SD = 0.15

/** Whole groups from the end, at most so many rows. */
function newestGroups(rows: CrossedRows, most: number): CrossedRows {
  let from = Math.max(0, rows.y.length - most)
  while (from > 0 && from < rows.y.length && rows.groups[from] === rows.groups[from - 1]) from++
  if (from === 0) return rows
  const { x } = rows
  const start = x.starts[from] as number
  return {
    fullFrom: rows.fullFrom,
    x: {
      rows: rows.y.length - from,
      columns: x.columns,
      starts: x.starts.subarray(from).map((at) => at - start),
      indices: x.indices.subarray(start),
      values: x.values.subarray(start),
    },
    y: rows.y.subarray(from),
    groups: rows.groups.subarray(from).map((group) => group - (rows.groups[from] as number)),
    runs: rows.runs.subarray(from),
    weights: rows.weights.subarray(from),
    loadings: rows.loadings.subarray(from),
  }
}
