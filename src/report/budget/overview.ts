import { passesPerTask } from '../../metrics/pass-at-k.ts'
import { unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { dotsOf } from '../dots.ts'
import { meanOf, meanRatioOf, rateOf, ratioOf, shareOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import type { Quantities } from '../quantities.ts'
import { along, countTasks, type Sample, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'

const OUTCOMES: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'resolution_rate', head: 'resolved', unit: 'share' },
  { key: 'repeats', head: 'k', unit: 'count' },
  { key: 'pass_at_k', head: 'any of k', unit: 'share' },
  { key: 'pass_hat_k', head: 'all of k', unit: 'share' },
  { key: 'infra_error_rate', head: 'infra errors', unit: 'share' },
  { key: 'stopped_rate', head: 'stopped by own limit', unit: 'share' },
]

const SPENDING: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'mean_total_tokens', head: 'tokens a run', unit: 'tokens' },
  { key: 'mean_cost_usd', head: 'cost a run', unit: 'usd' },
  { key: 'tokens_per_success', head: 'tokens a success', unit: 'tokens' },
  { key: 'cost_usd_per_success', head: 'cost a success', unit: 'usd' },
  { key: 'failed_to_resolved', head: 'failed : resolved', unit: 'factor' },
  { key: 'efficiency', head: 'efficiency', unit: 'number' },
]

/** How often each system resolves, and what it spends: two tables and the figure of the rates. */
export function overviewBlocks({ quantities }: Subject, { benchmark, systems }: Field): readonly Block[] {
  const id = slug(benchmark)
  const outcomes = systems.map((system) => outcomeRow(quantities, system))
  const spending = systems.map((system) => spendingRow(quantities, system))
  return [
    {
      kind: 'figure',
      figure: {
        id: `performance-${id}`,
        title: `Resolution rate, ${benchmark}`,
        alt: `Share of runs resolved by each of ${systems.length} systems, with 95 % intervals.`,
        chart: {
          kind: 'bars',
          mark: 'bars',
          value: { title: 'runs resolved', scale: 'share' },
          bars: outcomes.flatMap(([name, , , rate]) => dotsOf(rate, { name: String(name) })),
        },
      },
      table: {
        id: `outcomes-${id}`,
        title: `How runs end, ${benchmark}`,
        columns: OUTCOMES,
        rows: outcomes,
        note:
          'Resolved = resolved runs over all runs whose outcome is recorded. Intervals 95 %: Wilson for one run a task, by tasks for repeats. ' +
          'Any of k, all of k: the chance that at least one, or every one, of k tries at a task resolves it (unbiased, over tasks with k runs or more).',
      },
    },
    {
      kind: 'table',
      table: {
        id: `spending-${id}`,
        title: `What runs spend, ${benchmark}`,
        columns: SPENDING,
        rows: spending,
        note:
          'Means over runs where it is known. A success is paid for by the failures too: all that was spent over the runs resolved. ' +
          'Failed : resolved = mean tokens of a run that failed over those of one that resolved. Efficiency = resolution rate × 1,000 / mean tokens. Intervals 95 %, by tasks.',
      },
    },
  ]
}

function outcomeRow({ resolved, infra, stopped }: Quantities, system: System): readonly Cell[] {
  const outcomes = sampleOf(system, resolved)
  const k = usualRepeats(outcomes)
  const { any, every } = passesOf(outcomes, k)
  return [
    system.name,
    countTasks(system.tasks),
    system.rows.length,
    rateOf(outcomes),
    k,
    any,
    every,
    rateOf(sampleOf(system, infra)),
    rateOf(sampleOf(system, stopped)),
  ]
}

function spendingRow({ resolved, total, usd }: Quantities, system: System): readonly Cell[] {
  const tokens = sampleOf(system, total)
  const [told, paid] = [sampleOf(system, total, resolved), sampleOf(system, usd, resolved)]
  const success = (sample: Sample) => ratioOf(sample, resolved)
  return [
    system.name,
    tokens.values.length,
    meanOf(tokens),
    meanOf(sampleOf(system, usd)),
    success(told),
    success(paid),
    meanRatioOf(
      told,
      along(told, resolved).map((value) => 1 - value),
    ),
    ratioOf(sampleOf(system, resolved, total), total, 1000),
  ]
}

/** The number of runs that most tasks have; 0 without runs. */
function usualRepeats({ tasks }: Sample): number {
  const counts = new Map<number, number>()
  eachTask(tasks, (from, to) => counts.set(to - from, (counts.get(to - from) ?? 0) + 1))
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

/** The chance that any, and that every, of k tries resolves a task: means over the tasks with k runs or more. */
function passesOf({ values, tasks }: Sample, k: number): { readonly any: Cell; readonly every: Cell } {
  if (k < 2) return { any: unsaid('one run a task'), every: unsaid('one run a task') }
  const passes = passesPerTask(values, tasks, k)
  return {
    any: shareOf({ values: passes.atK, tasks: passes.tasks }),
    every: shareOf({ values: passes.hatK, tasks: passes.tasks }),
  }
}

function eachTask(tasks: Int32Array, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < tasks.length; ) {
    let to = from + 1
    while (to < tasks.length && tasks[to] === tasks[from]) to++
    visit(from, to)
    from = to
  }
}
