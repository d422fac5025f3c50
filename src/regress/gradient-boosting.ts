import { type Binned, binTable } from './boosting-bins.ts'
import { type BoostingState, joined, treeState } from './boosting-forest.ts'
import { bestConstant, type Loss, meanLoss, negativeGradient } from './boosting-loss.ts'
import { pack } from './boosting-packing.ts'
import type { LeafRows } from './boosting-partition.ts'
import { predictForest } from './boosting-predict.ts'
import { type Branch, growTree } from './boosting-tree.ts'
import type { Estimator } from './estimator.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'
import { type Random, seededRandom, shuffled } from './random.ts'
import { checkRange, checkTraining } from './training-data.ts'

export interface BoostingParams {
  readonly loss: Loss
  readonly seed: number
  /** Most trees. Default 100. */
  readonly rounds?: number
  /** Share of each leaf's value that is added, in (0, 1]. Default 0.1. */
  readonly learningRate?: number
  /** Default 31. */
  readonly maxLeaves?: number
  /** Default: no limit. */
  readonly maxDepth?: number
  /** Default 20. */
  readonly minLeafRows?: number
  /** λ of the squared loss's leaf values, and of gains. Default 0. */
  readonly l2?: number
  /** Share of rows, of columns, drawn anew without replacement for each tree, in (0, 1]. Default 1. */
  readonly rowShare?: number
  readonly columnShare?: number
  /** 2 to 255; default 255. */
  readonly maxBins?: number
  /** Stops after `patience` trees without a lower loss on these rows, and keeps the trees up to the lowest. */
  readonly earlyStopping?: {
    readonly x: Matrix | SparseMatrix
    readonly y: Float64Array
    readonly patience: number
  }
}

/**
 * Histogram gradient boosting (Friedman 2001; Ke et al. 2017, LightGBM): binned columns, best-first trees, missing values
 * with a learnt side. Pinball leaves are the quantile of their residuals.
 */
export const gradientBoosting: Estimator<BoostingParams, BoostingState, Matrix | SparseMatrix> = {
  id: 'gradient-boosting',
  fit(x, y, params) {
    checkTraining(x, y)
    const settings = checked(params)
    const binned = binTable(x, settings)
    const random = seededRandom(settings.seed)
    const start = bestConstant(settings.loss, y, 0)
    const residuals = y.map((value) => value - start)
    const watch = watcher(params, start)
    const trees: BoostingState[] = []
    const pool: Float64Array[] = []
    while (trees.length < settings.rounds && !watch.over()) {
      const tree = boost(binned, residuals, { ...settings, random, pool })
      trees.push(tree)
      watch.see(tree)
      if (tree.features.length === 0 && settings.rowShare === 1 && settings.columnShare === 1) break
    }
    return joined(x.columns, start + 0, trees.slice(0, watch.best()))
  },
  predict: predictForest,
}

type Settings = ReturnType<typeof checked>

function checked(params: BoostingParams) {
  const settings = { ...DEFAULTS, ...params }
  for (const [name, range] of Object.entries(RANGES))
    checkRange(name, settings[name as keyof typeof RANGES], range)
  if (settings.loss.kind === 'pinball')
    checkRange('the quantile level', settings.loss.level, [1e-6, 1 - 1e-6])
  return settings
}

const DEFAULTS = {
  rounds: 100,
  learningRate: 0.1,
  maxLeaves: 31,
  maxDepth: Number.MAX_SAFE_INTEGER,
  minLeafRows: 20,
  l2: 0,
  rowShare: 1,
  columnShare: 1,
  maxBins: 255,
} as const satisfies Partial<BoostingParams>

const RANGES = {
  rounds: [0, 1e6],
  learningRate: [1e-9, 1],
  maxLeaves: [2, 1e6],
  maxDepth: [1, Number.MAX_SAFE_INTEGER],
  minLeafRows: [1, Number.MAX_SAFE_INTEGER],
  l2: [0, Number.MAX_VALUE],
  rowShare: [1e-9, 1],
  columnShare: [1e-9, 1],
  maxBins: [2, 255],
} as const satisfies Partial<Record<keyof BoostingParams, readonly [number, number]>>

/** Grows one tree on the residuals and takes what it explains out of them. */
function boost(
  binned: Binned,
  residuals: Float64Array,
  settings: Settings & { readonly random: Random; readonly pool: Float64Array[] },
): BoostingState {
  const { loss, random, learningRate } = settings
  const packing = pack(negativeGradient(loss, residuals))
  const rows = drawRows(binned.rows, settings.rowShare, random)
  const features = draw(binned.columns, settings.columnShare, random)
  const root = growTree(rows, packing, { ...settings, binned, features, scale: packing.scale })
  const leafValue = ({ rows: { own, others } }: Branch): number => {
    const value = learningRate * bestConstant(loss, pick(residuals, own), settings.l2)
    for (const part of [own, others]) {
      for (let k = 0; k < part.length; k++)
        residuals[part[k] as number] = (residuals[part[k] as number] as number) - value
    }
    return value
  }
  return treeState(root, { binned, leafValue, gainScale: packing.step ** 2 })
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) out[k] = values[rows[k] as number] as number
  return out
}

/** Ascending numbers below `size`, a random share of them, at least one. */
function draw(size: number, share: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: size }, (_, k) => k)
  if (share === 1) return all
  return Int32Array.from(shuffled(all, random).slice(0, Math.max(1, Math.round(share * size)))).sort()
}

function drawRows(size: number, share: number, random: Random): LeafRows {
  const own = draw(size, share, random)
  const taken = new Set(own.length < size ? own : [])
  const others =
    taken.size > 0 ? Int32Array.from({ length: size }, (_, k) => k).filter((k) => !taken.has(k)) : []
  return { own, others: Int32Array.from(others) }
}

/** Follows the loss on the validation rows; without any, all trees are kept. */
function watcher({ loss, earlyStopping }: BoostingParams, start: number) {
  if (!earlyStopping) return { see: () => {}, over: () => false, best: () => undefined }
  const { x, y, patience } = earlyStopping
  checkTraining(x, y)
  const residuals = y.map((value) => value - start)
  let [best, lowest, seen] = [0, meanLoss(loss, residuals), 0]
  return {
    see(tree: BoostingState): void {
      for (const [i, value] of predictForest(tree, x).entries())
        residuals[i] = (residuals[i] as number) - value
      seen++
      const now = meanLoss(loss, residuals)
      if (now < lowest) [best, lowest] = [seen, now]
    },
    over: () => seen - best >= patience,
    best: (): number | undefined => best,
  }
}
