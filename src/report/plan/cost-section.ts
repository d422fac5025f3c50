import { shortUsd } from '../../units.ts'
import { unsaid } from '../cells.ts'
import type { Cell, Column, Section } from '../document.ts'
import type { PlanOutlook } from './outlook.ts'
import { runsIn, runsPerSystem } from './planned.ts'
import { rangeOfSpend, type Spend, type SystemSpend } from './spend.ts'

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'expected_usd', head: 'cost', unit: 'usd' },
  { key: 'p10_usd', head: '8 in 10 from', unit: 'usd' },
  { key: 'p90_usd', head: 'to', unit: 'usd' },
  { key: 'usd_per_run', head: 'a run', unit: 'usd' },
  { key: 'expected_total_tokens', head: 'tokens', unit: 'tokens' },
  { key: 'from', head: 'from', unit: 'text' },
]

const NOTE =
  'Expected, and the range that 8 in 10 such plans fall into; sums are as wide as the errors in them go together: tasks of one repository as on the tasks of the bundle, repeats of a task by its noise from run to run, models on the same tasks with a correlation of .5. Resources are taken to change no cost.'

/** What it will cost, by agent and model and in all. */
export function costSection({ plan, systems, all }: PlanOutlook): Section {
  const rows = systems.map(({ system, spend }) => costRow(system.name, runsPerSystem(plan), spend))
  const notes = [...new Set(systems.flatMap(({ notes }) => notes))]
  return {
    id: 'cost',
    title: 'What it will cost',
    words: all.usd.basis === 'nothing' ? [] : [`By ${all.usd.from}.`],
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'planned-cost',
          title: 'Cost',
          columns: COLUMNS,
          rows: systems.length > 1 ? [...rows, costRow('all', runsIn(plan), all)] : rows,
          note: [NOTE, ...notes.map((note) => `${note}.`)].join(' '),
        },
      },
    ],
  }
}

function costRow(name: string, runs: number, { usd, totalTokens }: SystemSpend): readonly Cell[] {
  const cost = amounts(usd)
  return [
    name,
    runs,
    cost.expected,
    cost.p10,
    cost.p90,
    typeof cost.expected === 'number' ? cost.expected / runs : cost.expected,
    amounts(totalTokens).expected,
    usd.from,
  ]
}

function amounts(spend: Spend): { readonly expected: Cell; readonly p10: Cell; readonly p90: Cell } {
  const range = rangeOfSpend(spend)
  if (range === null) {
    const why = unsaid(spend.outcome.kind === 'unknown' ? spend.outcome.reason : 'not known')
    return { expected: why, p10: why, p90: why }
  }
  const { mean: expected, p10, p90 } = range
  if (spend.basis !== 'plan') return { expected, p10, p90 }
  const why = unsaid('assumed: nothing tells how far it may miss')
  return { expected, p10: why, p90: why }
}

/** ` for about $480 (8 in 10: $390 – $610)`, to follow what is run; or why that cannot be said. */
export function costWords(spend: Spend): string {
  const { outcome, basis } = spend
  const range = rangeOfSpend(spend)
  if (outcome.kind === 'unknown' || range === null)
    return `, at a cost that is not known (${outcome.kind === 'unknown' ? outcome.reason : ''}),`
  if (outcome.kind === 'zero') return ' at no cost'
  const eight = `8 in 10: ${shortUsd(range.p10)} – ${shortUsd(range.p90)}`
  return ` for about ${shortUsd(range.mean)} (${basis === 'plan' ? 'as it assumes' : eight})`
}
