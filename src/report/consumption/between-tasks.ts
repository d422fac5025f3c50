import { equalGroups } from '../../metrics/equal-groups.ts'
import { unsaid } from '../cells.ts'
import { correlation } from '../correlation.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import type { Figure } from '../figure.ts'
import { slug } from '../findings.ts'
import { type TaskMeans, tasksWhere } from './task-means.ts'

/** As many groups as the publication has, if each has tasks enough that chance does not decide. */
const MOST_GROUPS = 20
const LEAST_GROUPS = 4
const TASKS_A_GROUP = 8
/** More lines hide one another. */
const MOST_LINES = 8

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'groups', head: 'groups', unit: 'count' },
  { key: 'r_groups_input', head: 'r of groups, input', unit: 'r' },
  { key: 'r_groups_output', head: 'r of groups, output', unit: 'r' },
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
  const table = {
    id: `${id}-table`,
    title: `Correlation of tokens and accuracy between tasks, ${benchmark}`,
    columns: COLUMNS,
    rows: systems.map(row),
    note: `r of groups: Pearson’s r of mean tokens and accuracy over equal groups of tasks by mean tokens, at least ${TASKS_A_GROUP} tasks each and at most ${MOST_GROUPS} groups. Averaging takes the noise out and makes it larger than the r of tasks: it tells of the trend, not of how well one foretells the other. Intervals 95 %, Fisher’s z, which for groups takes them as given.`,
  }
  const drawn = systems
    .filter(({ ids }) => groupsOf(ids.length) !== null)
    .toSorted((a, b) => b.ids.length - a.ids.length)
    .slice(0, MOST_LINES)
  return drawn.length === 0
    ? [{ kind: 'table', table }]
    : [{ kind: 'figure', figure: figureOf(id, benchmark, drawn), table }]
}

const figureOf = (id: string, benchmark: string, drawn: readonly TaskMeans[]): Figure => ({
  id,
  title: `Dearer tasks and accuracy, ${benchmark}`,
  alt: `Share resolved in equal groups of tasks, from those with the fewest input tokens to those with the most, for the ${drawn.length} systems with the most tasks.`,
  chart: {
    kind: 'lines',
    x: { title: 'mean input tokens of the group', scale: 'log' },
    y: { title: 'runs resolved', scale: 'share' },
    lines: drawn.map((means) => ({ series: means.name, points: groupPoints(means) })),
  },
})

/** How many groups so many tasks make; null = too few to tell a trend. */
function groupsOf(tasks: number): number | null {
  const groups = Math.min(MOST_GROUPS, Math.floor(tasks / TASKS_A_GROUP))
  return groups < LEAST_GROUPS ? null : groups
}

function row(means: TaskMeans): readonly Cell[] {
  const { name, ids, input, output, accuracy } = means
  return [
    name,
    ids.length,
    groupsOf(ids.length) ?? tooFew(ids.length),
    groupCorrelation(input, accuracy),
    groupCorrelation(output, accuracy),
    correlation(input, accuracy),
    correlation(output, accuracy),
  ]
}

/** Pearson's r of mean tokens and mean accuracy over the groups. */
export function groupCorrelation(tokens: Float64Array, accuracy: Float64Array): Measured | Unsaid {
  const groups = groupsOf(tokens.length)
  if (groups === null) return tooFew(tokens.length)
  const { means, accuracies } = groupMeans(tokens, accuracy, groups)
  return correlation(means, accuracies)
}

const tooFew = (tasks: number): Unsaid =>
  unsaid(`${tasks} tasks: ${LEAST_GROUPS} groups need ${LEAST_GROUPS * TASKS_A_GROUP}`)

/** Mean tokens and mean accuracy of each group, ascending by tokens. */
function groupMeans(tokens: Float64Array, accuracy: Float64Array, count: number) {
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
  const { means, accuracies } = groupMeans(input, accuracy, groupsOf(input.length) ?? 1)
  return Array.from(means, (x, i) => ({ x, y: accuracies[i] as number }))
}
