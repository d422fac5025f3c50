import type { Episodes } from '../../store/episodes.ts'
import { restrictedTo, type System } from '../system.ts'

/** The runs of a system under one multiple of its resource floor. */
export interface Arm {
  /** Infinity = uncapped. */
  readonly multiplier: number
  /** `1 ×`, `uncapped`. */
  readonly name: string
  readonly system: System
}

/** The arms of a system from the tightest to the loosest; runs whose multiplier is not recorded are in none. */
export function armsOf({ multiplier }: Episodes, system: System): readonly Arm[] {
  const distinct = new Set<number>()
  for (const row of system.rows) {
    const own = multiplier[row] as number
    if (!Number.isNaN(own)) distinct.add(own)
  }
  return [...distinct]
    .sort((a, b) => a - b)
    .map((own) => ({
      multiplier: own,
      name: own === Number.POSITIVE_INFINITY ? 'uncapped' : `${own} ×`,
      system: restrictedTo(system, (row) => multiplier[row] === own),
    }))
}
