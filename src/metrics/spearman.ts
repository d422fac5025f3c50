import { checkPairs } from './pairs.ts'
import { pearson } from './pearson.ts'
import { ranks } from './ranks.ts'

/** Spearman's rank correlation (1904): Pearson's r of the ranks, ties sharing their mean rank. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkPairs(x, y, 2)
  return pearson(ranks(x), ranks(y))
}
