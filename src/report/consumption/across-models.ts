import { estimateOf, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { known, LEAST_DRAWN, type TaskMeans, tasksWhere } from './task-means.ts'

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
  const shared = onShared(systems, () => true)
  const solved = onShared(systems, (means, task) => (means.accuracy[task] as number) > 0)
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
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Tokens of a task, ${benchmark}`,
        alt: `Mean total tokens of a run for each of ${systems.length} systems, on all shared tasks and on those that all solved, with 95 % intervals.`,
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'mean total tokens of a run', scale: 'log' },
          bars: rows.flatMap((row) =>
            [dot(row, 2, 'all shared tasks'), dot(row, 6, 'tasks all solved')].flat(),
          ),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Systems side by side, ${benchmark}`,
        columns: COLUMNS,
        rows,
        note: 'Means over the tasks that every system was tried on, each task by the mean of its runs; intervals 95 %, over tasks. Tasks all solved: each system resolved them in at least one run, so that failures do not decide.',
      },
    },
  ]
}

/** The tasks that hold for every system, in each of them. */
function onShared(
  systems: readonly TaskMeans[],
  holds: (means: TaskMeans, task: number) => boolean,
): readonly TaskMeans[] {
  const counts = new Map<string, number>()
  for (const means of systems) {
    means.ids.forEach((id, task) => {
      if (holds(means, task)) counts.set(id, (counts.get(id) ?? 0) + 1)
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

function dot(row: readonly Cell[], column: number, series: string) {
  const cell = row[column]
  if (typeof cell !== 'object' || !('estimate' in cell)) return []
  const { estimate: value, low, high } = cell
  return [
    {
      name: String(row[0]),
      series,
      value,
      ...(low === null || high === null ? {} : { low: Math.max(low, value * LEAST_DRAWN), high }),
    },
  ]
}
