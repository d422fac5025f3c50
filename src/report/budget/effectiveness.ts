import { effectiveness } from '../../metrics/effectiveness.ts'
import { unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { shareOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import type { Quantities } from '../quantities.ts'
import { along, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'
import { RESOURCES, type Resource } from './resources.ts'

const CAPPED = RESOURCES.filter(({ cap }) => cap !== null)

/** Effectiveness under a budget, after SWE-Effi: early successes count for more, those beyond the cap for nothing. */
export function effectivenessBlock({ quantities }: Subject, { benchmark, systems }: Field): Block {
  return {
    kind: 'table',
    table: {
      id: `effectiveness-${slug(benchmark)}`,
      title: `Effectiveness under a budget, ${benchmark}`,
      columns: [{ key: 'system', head: 'system', unit: 'text' }, ...CAPPED.map(column)],
      rows: systems.map((system) => [
        system.name,
        ...CAPPED.map((resource) => score(quantities, system, resource)),
      ]),
      note: 'The area under RR@x up to the cap, over the cap: (1/N) Σ max(0, 1 − x / cap) over the runs resolved (SWE-Effi, arXiv 2509.09853; its caps). Runs over the cap count as not resolved. Intervals 95 %, by tasks.',
    },
  }
}

function column({ key, name, cap }: Resource): Column {
  const caps = { tokens: '2 M tokens', usd: '$1', seconds: '30 min', steps: '' } as const
  return { key: `effectiveness_${key}_${cap}`, head: `${name}, ${caps[key]}`, unit: 'share' }
}

function score(quantities: Quantities, system: System, { of, cap }: Resource): Cell {
  const sample = sampleOf(system, of(quantities), quantities.resolved)
  if (sample.values.length === 0) return unsaid('not known of any run')
  return shareOf({
    ...sample,
    values: effectiveness(sample.values, along(sample, quantities.resolved), cap ?? 0),
  })
}
