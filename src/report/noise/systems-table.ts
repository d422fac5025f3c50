import type { Block, Column } from '../document.ts'
import { rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import { calibrationOf } from './calibration.ts'
import type { Multipliers } from './multipliers.ts'

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'infra_error_rate_tightest', head: 'infra errors, tightest', unit: 'share' },
  { key: 'infra_error_rate_loosest', head: 'infra errors, loosest', unit: 'share' },
  { key: 'resolution_rate_tightest', head: 'resolved, tightest', unit: 'share' },
  { key: 'resolution_rate_loosest', head: 'resolved, loosest', unit: 'share' },
  { key: 'run_with', head: 'run with', unit: 'text' },
]

/** What resources do to each system by itself, a row each. */
export function systemsBlock(subject: Subject, found: readonly Multipliers[]): Block {
  const benchmark = found[0]?.system.benchmark ?? ''
  const { infra, resolved } = subject.quantities
  return {
    kind: 'table',
    table: {
      id: `resources-${slug(benchmark)}-systems`,
      title: `Resources, system by system, ${benchmark}`,
      columns: COLUMNS,
      rows: found.map((one) => {
        const ends = [one.arms[0], one.arms.at(-1)].map((arm) => arm?.system ?? one.system)
        return [
          one.system.name,
          one.arms.reduce((sum, { system }) => sum + system.rows.length, 0),
          ...ends.map((system) => rateOf(sampleOf(system, infra))),
          ...ends.map((system) => rateOf(sampleOf(system, resolved))),
          calibrationOf(subject, one).arm?.name ?? 'cannot be told',
        ]
      }),
      note: 'The tightest and the loosest resources that a system was run with; intervals 95 %, by tasks. All the tables of one system: a report on its agent and model alone.',
    },
  }
}
