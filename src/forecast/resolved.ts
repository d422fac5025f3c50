import { normalQuantile } from '../regress/normal.ts'
import type { Bundle } from './bundle.ts'

export type ResolvedState = Bundle['resolved']

/** Equally likely values of what is not known of a task, in standard deviations. */
export const TASK_NODES: readonly number[] = Array.from({ length: 15 }, (_, k) =>
  normalQuantile((k + 0.5) / 15),
)

export const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** P(resolved) of one run of a pair on a task of a forecast size; null for a pair whose level is not known. */
export function resolveProbability(state: ResolvedState, series: number | null, size: number): number | null {
  const level = series === null ? null : (state.levels[series] ?? null)
  if (level === null) return null
  const logit = level + state.slope * size
  return TASK_NODES.reduce((sum, node) => sum + logistic(logit + state.taskSd * node), 0) / TASK_NODES.length
}
