import { labelOf, type TaskLabels } from '../../learn/task-labels.ts'
import { repositoryOfInstance } from '../../trajectory/task-of-instance.ts'
import { unsaid } from '../cells.ts'
import type { Block, Cell } from '../document.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { known, type TaskMeans } from './task-means.ts'

/** Tasks of one kind over all systems: a mean per task and system. */
interface Kind {
  readonly name: string
  readonly tasks: ReadonlySet<string>
  readonly input: Float64Array
  readonly output: Float64Array
  readonly usd: Float64Array
}

const MOST_KINDS = 20

/** Tokens, their ratio and cost by the kind of task: its label, else the repository its id names. */
export function kindBlocks(
  benchmark: string,
  systems: readonly TaskMeans[],
  labels: TaskLabels,
): readonly Block[] {
  const kinds = kindsOf(systems, labels)
  if (kinds.length < 2) return []
  return [
    {
      kind: 'table',
      table: {
        id: `kinds-${slug(benchmark)}`,
        title: `Spending by kind of task, ${benchmark}`,
        columns: [
          { key: 'kind', head: 'kind', unit: 'text' },
          { key: 'tasks', head: 'tasks', unit: 'count' },
          { key: 'input_tokens', head: 'input', unit: 'tokens' },
          { key: 'output_tokens', head: 'output', unit: 'tokens' },
          { key: 'input_to_output', head: 'input : output', unit: 'factor' },
          { key: 'cost_usd', head: 'cost', unit: 'usd' },
        ],
        rows: kinds.map(row),
        note: 'Means over tasks and systems, each task of a system counting once; intervals 95 %. The kind is the label of the task, or the repository that its id names.',
      },
    },
  ]
}

function kindsOf(systems: readonly TaskMeans[], labels: TaskLabels): readonly Kind[] {
  const cells = systems.flatMap((means) =>
    means.ids.map((id, task) => ({
      means,
      task,
      id,
      kind: labelOf(labels, means.benchmark, id)?.kind ?? repositoryOfInstance(id),
    })),
  )
  const groups = Map.groupBy(
    cells.filter(({ kind }) => kind !== null),
    ({ kind }) => kind as string,
  )
  const column = (of: readonly (typeof cells)[number][], name: 'input' | 'output' | 'usd') =>
    known(Float64Array.from(of, ({ means, task }) => means[name][task] as number))
  return [...groups]
    .map(([name, of]) => ({
      name,
      tasks: new Set(of.map(({ id }) => id)),
      input: column(of, 'input'),
      output: column(of, 'output'),
      usd: column(of, 'usd'),
    }))
    .sort((a, b) => b.tasks.size - a.tasks.size || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_KINDS)
}

function row({ name, tasks, input, output, usd }: Kind): readonly Cell[] {
  const mean = (values: Float64Array): Cell => meanOf({ values, tasks: Int32Array.from(values.keys()) })
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  return [
    name,
    tasks.size,
    mean(input),
    mean(output),
    sum(output) > 0 ? sum(input) / sum(output) : unsaid('no output known'),
    mean(usd),
  ]
}
