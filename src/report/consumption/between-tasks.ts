import { equalGroups } from '../../metrics/equal-groups.ts'
import { unsaid } from '../cells.ts'
import { correlation } from '../correlation.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import { slug } from '../findings.ts'
import { type TaskMeans, tasksWhere } from './task-means.ts'

const GROUPS = 20

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'r_groups_input', head: 'r of 20 groups, input', unit: 'r' },
  { key: 'r_groups_output', head: 'r of 20 groups, output', unit: 'r' },
  { key: 'r_tasks_input', head: 'r of tasks, input', unit: 'r' },
  { key: 'r_tasks_output', head: 'r of tasks, output', unit: 'r' },
]

/** Whether dearer tasks are resolved less often, between tasks: in equal groups by mean tokens, and task by task. */
export function betweenTasksBlocks(benchmark: string, all: readonly TaskMeans[]): readonly Block[] {
  const systems = all
    .map((means) =>
      tasksWhere(means, (i) => !Number.isNaN((means.input[i] as number) + (means.accuracy[i] as number))),
    )
    .filter(({ ids }) => ids.length > 1)
  if (systems.length === 0) return []
  const id = `between-tasks-${slug(benchmark)}`
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Dearer tasks and accuracy, ${benchmark}`,
        alt: `Share resolved in ${GROUPS} equal groups of tasks, from those with the fewest input tokens to those with the most, for each system.`,
        chart: {
          kind: 'lines',
          x: { title: 'mean input tokens of the group', scale: 'log' },
          y: { title: 'runs resolved', scale: 'share' },
          lines: systems.map((means) => ({ series: means.name, points: groupPoints(means) })),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Correlation of tokens and accuracy between tasks, ${benchmark}`,
        columns: COLUMNS,
        rows: systems.map(row),
        note: `r of groups: Pearson's r of mean tokens and accuracy over ${GROUPS} equal groups of tasks by mean tokens. Averaging takes the noise out and makes it larger than the r of tasks: it tells of the trend, not of how well one foretells the other. Intervals 95 %, Fisher's z, which for groups takes them as given.`,
      },
    },
  ]
}

function row(means: TaskMeans): readonly Cell[] {
  const { name, ids, input, output, accuracy } = means
  return [
    name,
    ids.length,
    ofGroups(input, accuracy),
    ofGroups(output, accuracy),
    correlation(input, accuracy),
    correlation(output, accuracy),
  ]
}

function ofGroups(tokens: Float64Array, accuracy: Float64Array): Measured | Unsaid {
  if (tokens.length < 2 * GROUPS) return unsaid(`${tokens.length} tasks, ${GROUPS} groups need ${2 * GROUPS}`)
  const { means, accuracies } = groupMeans(tokens, accuracy)
  return correlation(means, accuracies)
}

/** Mean tokens and mean accuracy of each group, ascending by tokens. */
function groupMeans(tokens: Float64Array, accuracy: Float64Array) {
  const count = Math.min(GROUPS, tokens.length)
  const of = equalGroups(tokens, count)
  const [sums, shares, sizes] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  for (let i = 0; i < tokens.length; i++) {
    const group = of[i] as number
    sums[group] = (sums[group] as number) + (tokens[i] as number)
    shares[group] = (shares[group] as number) + (accuracy[i] as number)
    sizes[group] = (sizes[group] as number) + 1
  }
  const perTask = (column: Float64Array) => column.map((sum, group) => sum / (sizes[group] as number))
  return { means: perTask(sums), accuracies: perTask(shares) }
}

function groupPoints({ input, accuracy }: TaskMeans) {
  const { means, accuracies } = groupMeans(input, accuracy)
  return Array.from(means, (x, i) => ({ x, y: accuracies[i] as number }))
}
