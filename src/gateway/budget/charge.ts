import type { Call } from '../../usage/call.ts'
import type { Measure } from './measure.ts'

/** What an exchange turned out to be. */
export interface Charged {
  readonly calls: readonly Call[]
  /** The model that was asked for. */
  readonly asked: string | null
  readonly reserved: bigint
}

/**
 * What an exchange counts for in the end. Where a count is missing it is as much as was set aside, and more where more
 * is known: unknown is never nothing, and a limit holds however a reply ended.
 */
export function chargeFor(measure: Measure, { calls, asked, reserved }: Charged): bigint {
  if (calls.length === 0) return 0n
  if (measure.name === 'calls') return 1n
  let known = 0n
  let isWhole = true
  for (const { usage, model, incomplete } of calls) {
    const amount = measure.of(usage, model) ?? measure.of(usage, asked)
    known += amount ?? 0n
    isWhole &&= amount !== null && !incomplete
  }
  return isWhole || known > reserved ? known : reserved
}
