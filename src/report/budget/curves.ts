import { kaplanMeier, shareBy } from '../../metrics/kaplan-meier.ts'
import { resolutionAt, resolutionCurve, resolvedWithin } from '../../metrics/resolution-curve.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import { rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { along, type Sample, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'
import { budgetGrid, roundBudgets } from './budgets.ts'
import type { Resource } from './resources.ts'

const SHOWN_BUDGETS = 6
const CURVE_POINTS = 60

/** The amounts of a resource of the runs of a system that ended, with whether each resolved. */
interface Spent {
  readonly system: System
  readonly sample: Sample
  readonly resolved: Float64Array
  readonly stopped: Float64Array
}

/** RR@x for one resource: the figure of the curves and the table at round budgets; none where nothing is known. */
export function curveBlocks(
  { quantities }: Subject,
  { benchmark, systems }: Field,
  { resource, asked }: { readonly resource: Resource; readonly asked: number | null },
): readonly Block[] {
  const { resolved, stopped } = quantities
  const spent = systems
    .map((system) => {
      const sample = sampleOf(system, resource.of(quantities), resolved)
      return { system, sample, resolved: along(sample, resolved), stopped: along(sample, stopped) }
    })
    .filter(({ sample }) => sample.values.length > 0)
  const needed = concatenated(spent.map((one) => one.sample.values.filter((_, i) => one.resolved[i] === 1)))
  if (needed.length === 0) return []
  const round = roundBudgets(needed, SHOWN_BUDGETS)
  const budgets = asked === null || round.includes(asked) ? round : [...round, asked].sort((a, b) => a - b)
  const id = `rr-at-${resource.key}-${slug(benchmark)}`
  const grid = budgetGrid(needed, CURVE_POINTS)
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Resolved within a budget of ${resource.name}, ${benchmark}`,
        alt: `For each system, the share of runs resolved with at most so much ${resource.name}.`,
        chart: {
          kind: 'lines',
          x: resource.axis,
          y: { title: 'runs resolved within it', scale: 'share' },
          lines: spent.map((one) => ({ series: one.system.name, points: curve(one, grid) })),
        },
      },
      table: {
        id: `${id}-table`,
        title: `RR@${resource.key}, ${benchmark}`,
        columns: columns(resource, budgets),
        rows: spent.map((one) => row(one, budgets)),
        note:
          `RR@x = runs resolved with at most x over all runs whose outcome and ${resource.name} are known. Intervals 95 %. ` +
          'A run stopped by a limit of its own might have resolved with more: above the least amount at which one was stopped, RR@x is a lower bound, and the last column tells what Kaplan and Meier (1958) make of it at the greatest budget.',
      },
    },
  ]
}

function columns({ key, unit }: Resource, budgets: readonly number[]): readonly Column[] {
  return [
    { key: 'system', head: 'system', unit: 'text' },
    { key: 'runs', head: 'runs', unit: 'count' },
    ...budgets.map(
      (budget): Column => ({
        key: `rr_at_${budget}_${key}`,
        head: `@${headOf(budget, unit)}`,
        unit: 'share',
      }),
    ),
    { key: 'stopped', head: 'stopped by own limit', unit: 'share' },
    { key: 'kaplan_meier', head: 'had none been stopped', unit: 'share' },
  ]
}

function headOf(budget: number, unit: Resource['unit']): string {
  const scaled = (size: number, sign: string) => `${budget / size} ${sign}`
  const short = budget >= 1e6 ? scaled(1e6, 'M') : budget >= 1e3 ? scaled(1e3, 'k') : String(budget)
  return unit === 'usd' ? `$${budget}` : unit === 'seconds' ? `${budget} s` : short
}

function row({ system, sample, resolved, stopped }: Spent, budgets: readonly number[]): readonly Cell[] {
  const most = budgets.at(-1) ?? 0
  return [
    system.name,
    sample.values.length,
    ...budgets.map((budget) => rateAt(sample, resolved, budget)),
    rateOf({ ...sample, values: stopped }),
    stopped.includes(1) ? uncensored({ sample, resolved, stopped }, most) : unsaid('none was stopped'),
  ]
}

const rateAt = ({ values, tasks }: Sample, resolved: Float64Array, budget: number): Measured | Unsaid =>
  rateOf({ values: resolvedWithin(values, resolved, budget), tasks })

function curve({ sample, resolved }: Spent, grid: Float64Array) {
  const rates = resolutionCurve(sample.values, resolved)
  return Array.from(grid, (x) => ({ x, y: resolutionAt(rates, x) }))
}

/** The chance to have resolved by a budget, runs stopped by their own limit taken as cut off; one that failed by itself never would. */
function uncensored({ sample, resolved, stopped }: Omit<Spent, 'system'>, budget: number): Measured | Unsaid {
  const times = sample.values.map((value, i) =>
    resolved[i] === 1 || stopped[i] === 1 ? value : Number.POSITIVE_INFINITY,
  )
  return attempt(() => {
    const share = shareBy(kaplanMeier(times, resolved), budget)
    return measured(share.estimate, share, times.length)
  })
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
