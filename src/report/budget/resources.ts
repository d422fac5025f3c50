import type { Unit } from '../document.ts'
import type { Axis } from '../figure.ts'
import type { Quantities } from '../quantities.ts'

/** Something that a budget can be set on. */
export interface Resource {
  readonly key: 'tokens' | 'steps' | 'usd' | 'seconds'
  /** As in RR@tokens. */
  readonly name: string
  readonly unit: Unit
  readonly of: (quantities: Quantities) => Float64Array
  readonly axis: Axis
  /** Cap of the effectiveness score; those of SWE-Effi (arXiv 2509.09853). Null = it has none. */
  readonly cap: number | null
}

export const RESOURCES: readonly Resource[] = [
  {
    key: 'tokens',
    name: 'total tokens',
    unit: 'tokens',
    of: ({ total }) => total,
    axis: { title: 'budget (total tokens)', scale: 'log' },
    cap: 2_000_000,
  },
  {
    key: 'steps',
    name: 'steps',
    unit: 'count',
    of: ({ steps }) => steps,
    axis: { title: 'budget (steps)', scale: 'log' },
    cap: null,
  },
  {
    key: 'usd',
    name: 'cost',
    unit: 'usd',
    of: ({ usd }) => usd,
    axis: { title: 'budget (USD)', scale: 'log' },
    cap: 1,
  },
  {
    key: 'seconds',
    name: 'wall time',
    unit: 'seconds',
    of: ({ seconds }) => seconds,
    axis: { title: 'budget (seconds)', scale: 'log' },
    cap: 1800,
  },
]
