import { KnownError } from '../errors.ts'
import type { Cell, Measured, Unsaid } from './document.ts'

/** Why there is no figure. */
export const unsaid = (reason: string): Unsaid => ({ unsaid: reason })

/** A figure, its interval (null = it has none) and what it rests on. */
export function measured(
  estimate: number,
  interval: { readonly low: number; readonly high: number } | null,
  n: number,
): Measured {
  return { estimate, low: interval?.low ?? null, high: interval?.high ?? null, n }
}

/** The figure, or why there is too little data for it. Any other failure is passed on. */
export function attempt<Value>(figure: () => Value): Value | Unsaid {
  try {
    return figure()
  } catch (error) {
    if (error instanceof KnownError && error.code === 'too-little-data') return unsaid(error.detail)
    throw error
  }
}

/** The figure of a cell; null where there is none. */
export function estimateOf(cell: Cell): number | null {
  if (typeof cell === 'number') return cell
  return typeof cell === 'object' && 'estimate' in cell ? cell.estimate : null
}
