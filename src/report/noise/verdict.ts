import { SETUP_NOISE } from '../difference.ts'
import { type AgainstFloor, isBelow } from './multipliers.ts'
import { points } from './points.ts'

/** What the rate at an arm is beside that at the floor, in words; every difference under 3 pp says so. */
export function verdictOf(one: AgainstFloor, margin: number): string {
  const { difference } = one.resolved
  if ('unsaid' in difference) return `cannot be told: ${difference.unsaid}`
  const size = difference.estimate
  const isSmall = size !== 0 && Math.abs(size) < SETUP_NOISE
  return `${told(one, { size, margin })}${isSmall ? '; under 3 pp' : ''}`
}

function told(
  { resolved, resolvedP, isEquivalent }: AgainstFloor,
  { size, margin }: { readonly size: number; readonly margin: number },
): string {
  const isApart = isBelow(resolvedP)
  if (isEquivalent) return `equal within ${points(margin)}${isApart ? ', though not the same' : ''}`
  if (isApart) return size > 0 ? 'more is resolved' : 'less is resolved'
  const { tasksNeeded } = resolved
  if (typeof tasksNeeded !== 'number') return 'cannot be told'
  return `cannot be told; ${points(margin)} takes ${rounded(tasksNeeded)} tasks`
}

/** Two digits: what is planned is not known better. */
export const rounded = (count: number): string => Number(count.toPrecision(2)).toLocaleString('en-US')
