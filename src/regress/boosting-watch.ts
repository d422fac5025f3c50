import type { BoostingState } from './boosting-forest.ts'
import { type Loss, meanLoss } from './boosting-loss.ts'
import { predictForest } from './boosting-predict.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'

/** Rows that no tree learns from, and for how many trees without a lower loss on them to go on. */
export interface EarlyStopping {
  readonly x: Matrix | SparseMatrix
  readonly y: Float64Array
  readonly patience: number
}

/** Follows the loss on the validation rows. */
export interface Watch {
  readonly see: (tree: BoostingState) => void
  readonly isOver: () => boolean
  /** How many trees to keep. */
  readonly best: () => number
}

/** Follows the loss on the validation rows, which begins with that of the constant `start`. */
export function watchOf({ x, y, patience }: EarlyStopping, loss: Loss, start: number): Watch {
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
    isOver: () => seen - best >= patience,
    best: () => best,
  }
}
