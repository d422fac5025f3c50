import { estimateOf, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import { dotsOf } from '../dots.ts'
import type { Figure } from '../figure.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { known, type TaskMeans, tasksWhere } from './task-means.ts'

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'total_tokens', head: 'tokens', unit: 'tokens' },
  { key: 'cost_usd', head: 'cost', unit: 'usd' },
  { key: 'input_to_output', head: 'input : output', unit: 'factor' },
  { key: 'tasks_solved_by_all', head: 'tasks all solved', unit: 'count' },
  { key: 'total_tokens_solved_by_all', head: 'tokens there', unit: 'tokens' },
  { key: 'cost_usd_solved_by_all', head: 'cost there', unit: 'usd' },
]

/** Tokens and dollars of the systems of a benchmark side by side: on the tasks all were tried on, and on those all solved at least once. */
export function acrossModelsBlocks(benchmark: string, systems: readonly TaskMeans[]): readonly Block[] {
  if (systems.length === 0) return []
  const shared = onShared(systems, toldBy)
  const solved = onShared(systems, (means) => {
    const isTold = toldBy(means)
    return (task) => isTold(task) && (means.accuracy[task] as number) > 0
  })
  const rows = systems.map((means, i): readonly Cell[] => {
    const [all, success] = [shared[i] as TaskMeans, solved[i] as TaskMeans]
    return [
      means.name,
      all.ids.length,
      perTask(all.total),
      perTask(all.usd),
      ratio(all),
      success.ids.length,
      perTask(success.total),
      perTask(success.usd),
    ]
  })
  const id = `across-${slug(benchmark)}`
  const bars = rows.flatMap((row) => {
    const name = String(row[0])
    return [
      ...dotsOf(row[2], { name, series: 'all shared tasks' }, true),
      ...dotsOf(row[6], { name, series: 'tasks all solved' }, true),
    ]
  })
  const table = {
    id: `${id}-table`,
    title: `Systems side by side, ${benchmark}`,
    columns: COLUMNS,
    rows,
    note: 'Means over the tasks whose tokens (or else dollars) every system tells, each task by the mean of its runs; intervals 95 %, over tasks. Tasks all solved: each system resolved them in at least one run, so that failures do not decide.',
  }
  if (bars.length === 0) return [{ kind: 'table', table }]
  const figure: Figure = {
    id,
    title: `Tokens of a task, ${benchmark}`,
    alt: `Mean total tokens of a run for each of ${systems.length} systems, on all shared tasks and on those that all solved, with 95 % intervals.`,
    chart: {
      kind: 'bars',
      mark: 'dots',
      value: { title: 'mean total tokens of a run', scale: 'log' },
      bars,
    },
  }
  return [{ kind: 'figure', figure, table }]
}

/** A system tells a task by its tokens, or by its dollars where it tells no tokens at all. */
function toldBy({ total, usd }: TaskMeans): (task: number) => boolean {
  const told = known(total).length > 0 ? total : usd
  return (task) => !Number.isNaN(told[task])
}

/** The tasks that hold for every system, in each of them. */
function onShared(
  systems: readonly TaskMeans[],
  testOf: (means: TaskMeans) => (task: number) => boolean,
): readonly TaskMeans[] {
  const counts = new Map<string, number>()
  for (const means of systems) {
    const holds = testOf(means)
    means.ids.forEach((id, task) => {
      if (holds(task)) counts.set(id, (counts.get(id) ?? 0) + 1)
    })
  }
  return systems.map((means) =>
    tasksWhere(means, (task) => counts.get(means.ids[task] as string) === systems.length),
  )
}

function perTask(column: Float64Array): Measured | Unsaid {
  const values = known(column)
  return meanOf({ values, tasks: Int32Array.from(values.keys()) })
}

function ratio({ input, output }: TaskMeans): Cell {
  const [above, below] = [perTask(input), perTask(output)]
  const [top, bottom] = [estimateOf(above), estimateOf(below)]
  if (top === null || bottom === null || bottom === 0) return unsaid('not known of any task')
  return measured(top / bottom, null, input.length)
}
