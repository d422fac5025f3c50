import { KnownError } from '../errors.ts'
import type { Loss } from './boosting-loss.ts'
import { MOST_ROWS } from './boosting-packing.ts'
import type { EarlyStopping } from './boosting-watch.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'
import { checkColumns, checkRange, checkTraining } from './training-data.ts'

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
  readonly earlyStopping?: EarlyStopping
}

/** Every setting, given or by default. */
export type BoostingSettings = Required<Omit<BoostingParams, 'earlyStopping'>> &
  Pick<BoostingParams, 'earlyStopping'>

/**
 * Checks what a forest is to be fitted with.
 * @throws KnownError `data-malformed`, `too-little-data`, naming the value
 */
export function checkedSettings(
  x: Matrix | SparseMatrix,
  y: Float64Array,
  params: BoostingParams,
): BoostingSettings {
  checkTraining(x, y)
  if (x.rows > MOST_ROWS)
    throw new KnownError('data-malformed', `${x.rows} rows, at most ${MOST_ROWS} can be boosted`)
  const settings = { ...DEFAULTS, ...params }
  for (const [name, range] of Object.entries(RANGES))
    checkRange(name, settings[name as keyof typeof RANGES], range)
  if (settings.loss.kind === 'pinball')
    checkRange('the quantile level', settings.loss.level, [1e-6, 1 - 1e-6])
  if (settings.earlyStopping) {
    checkTraining(settings.earlyStopping.x, settings.earlyStopping.y)
    checkColumns(settings.earlyStopping.x, x.columns)
  }
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
