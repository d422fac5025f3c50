import { shortTokens } from '../../units.ts'
import { estimateOf, unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { rateOf, ratioOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import type { Quantities } from '../quantities.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'

/** The budgets that two columns of the heat map are about. */
export interface HeatBudgets {
  readonly steps: number
  readonly tokens: number
}

/** Everything at a glance: rate, rate within budgets, efficiency, tokens a step; dark is more. */
export function heatBlocks(
  { quantities }: Subject,
  { benchmark, systems }: Field,
  budgets: HeatBudgets,
): readonly Block[] {
  const columns = columnsOf(budgets)
  const rows = systems.map((system) => figures(quantities, system, budgets))
  const id = `heat-${slug(benchmark)}`
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `At a glance, ${benchmark}`,
        alt: `Heat map of ${systems.length} systems by ${columns.map(({ head }) => head).join(', ')}; darker is more within a column.`,
        chart: {
          kind: 'heat',
          rows: systems.map(({ name }) => name),
          columns: columns.map(({ head }) => head),
          cells: rows.flatMap((row) => row.map((cell, j) => heatCell(cell, columns[j]?.unit))),
        },
      },
      table: {
        id: `${id}-table`,
        title: `At a glance, ${benchmark}`,
        columns: [{ key: 'system', head: 'system', unit: 'text' }, ...columns],
        rows: rows.map((row, i) => [systems[i]?.name ?? '', ...row]),
        note: 'Efficiency = resolution rate × 1,000 / mean total tokens. Tokens a step over runs where both are known.',
      },
    },
  ]
}

function columnsOf({ steps, tokens }: HeatBudgets): readonly Column[] {
  return [
    { key: 'resolution_rate', head: 'resolved', unit: 'share' },
    { key: `rr_at_${steps}_steps`, head: `within ${steps} steps`, unit: 'share' },
    { key: `rr_at_${tokens}_tokens`, head: `within ${shortTokens(tokens)} tokens`, unit: 'share' },
    { key: 'efficiency', head: 'efficiency', unit: 'number' },
    { key: 'tokens_per_step', head: 'tokens a step', unit: 'tokens' },
  ]
}

function figures(quantities: Quantities, system: System, budgets: HeatBudgets): readonly Cell[] {
  const { resolved, total, steps } = quantities
  const within = (column: Float64Array, budget: number) => {
    const sample = sampleOf(system, column, resolved)
    const hits = sample.values.map((value, i) =>
      value <= budget ? (resolved[sample.rows[i] as number] as number) : 0,
    )
    return sample.values.length === 0 ? unsaid('not known of any run') : rateOf({ ...sample, values: hits })
  }
  return [
    rateOf(sampleOf(system, resolved)),
    within(steps, budgets.steps),
    within(total, budgets.tokens),
    ratioOf(sampleOf(system, resolved, total), total, 1000),
    ratioOf(sampleOf(system, total, steps), steps),
  ]
}

function heatCell(cell: Cell, unit: Column['unit'] | undefined): { value: number | null; text: string } {
  const value = estimateOf(cell)
  if (value === null) return { value, text: '' }
  const text =
    unit === 'share'
      ? `${(value * 100).toFixed(0)} %`
      : unit === 'tokens'
        ? shortTokens(value)
        : String(Number(value.toPrecision(2)))
  return { value, text }
}
