import { selectQuantile } from './select-quantile.ts'

/** What the trees minimise: Σ (y − f)², or the pinball loss of a quantile `level` in (0, 1). */
export type Loss = { readonly kind: 'squared' } | { readonly kind: 'pinball'; readonly level: number }

/** The best constant for these targets, or residuals: a shrunken mean, or the quantile itself, for which they are reordered. */
export function bestConstant(loss: Loss, values: Float64Array, l2: number): number {
  if (loss.kind === 'pinball') return selectQuantile(values, loss.level)
  let sum = 0
  for (const value of values) sum += value
  return sum / (values.length + l2)
}

/** Mean loss; early stopping compares it. */
export function meanLoss(loss: Loss, residuals: Float64Array): number {
  let sum = 0
  for (const residual of residuals) {
    if (loss.kind === 'squared') sum += residual * residual
    else sum += residual >= 0 ? loss.level * residual : (loss.level - 1) * residual
  }
  return sum / residuals.length
}
