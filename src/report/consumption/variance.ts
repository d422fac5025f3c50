import { iccOf } from '../../metrics/icc.ts'
import { type TaskSpread, withinTask } from '../../metrics/within-task.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { countTasks, repeated, type Sample, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'
import { known } from './task-means.ts'

/** So many tasks are drawn in the figure. */
const SHOWN_TASKS = 60

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'cv_total', head: 'CV of tokens', unit: 'r' },
  { key: 'cv_output', head: 'CV of output', unit: 'r' },
  { key: 'cv_cost', head: 'CV of cost', unit: 'r' },
  { key: 'ratio_mean', head: 'most : least, mean', unit: 'factor' },
  { key: 'ratio_greatest', head: 'most : least, greatest', unit: 'factor' },
  { key: 'icc_log_total', head: 'ICC of log tokens', unit: 'r' },
]

/** How much the same task by the same system differs from run to run. */
export function varianceBlocks(subject: Subject, field: Field): readonly Block[] {
  const { quantities } = subject
  const found = field.systems
    .map((system) => ({ system, total: repeated(sampleOf(system, quantities.total)) }))
    .filter(
      ({ system }) =>
        repeated(sampleOf(system, quantities.usd)).values.length > 0 || hasRepeats(subject, system),
    )
  if (found.length === 0) return []
  const id = `variance-${slug(field.benchmark)}`
  const table = {
    id: `${id}-table`,
    title: `Spread over the runs of one task, ${field.benchmark}`,
    columns: COLUMNS,
    rows: found.map(({ system, total }) => row(subject, system, total)),
    note: 'Over tasks with more than one run. CV: standard deviation of the runs of a task (n − 1) over their mean, the mean over tasks, 95 % over tasks. Most : least: the dearest run of a task over its cheapest, in tokens. ICC: the share of the variance of log tokens of single runs that lies between tasks.',
  }
  const shown = found.toSorted((a, b) => b.total.values.length - a.total.values.length)[0]
  if (shown === undefined || shown.total.values.length === 0) return [{ kind: 'table', table }]
  return [{ kind: 'figure', figure: figureOf(id, field.benchmark, shown), table }]
}

const hasRepeats = ({ quantities }: Subject, system: System): boolean =>
  repeated(sampleOf(system, quantities.output)).values.length > 0

function row({ quantities }: Subject, system: System, total: Sample): readonly Cell[] {
  const cv = (column: Float64Array) => variationOf(system, column)
  const ratios = spreadOf(total, ({ maxOverMin }) => maxOverMin)
  return [
    system.name,
    countTasks(total.tasks),
    cv(quantities.total),
    cv(quantities.output),
    cv(quantities.usd),
    fromOne(overTasks(ratios)),
    ratios.length === 0 ? NONE : ratios.reduce((most, ratio) => Math.max(most, ratio)),
    total.values.length === 0 ? NONE : reliability(total),
  ]
}

/** The mean over tasks of the coefficient of variation of their runs. */
export const variationOf = (system: System, column: Float64Array): Measured | Unsaid =>
  overTasks(spreadOf(repeated(sampleOf(system, column)), ({ cv }) => cv))

const NONE = unsaid('no task with two known runs')

/** A figure of the spread of each task, where it is known. */
const spreadOf = ({ values, tasks }: Sample, of: (spread: TaskSpread) => Float64Array): Float64Array =>
  values.length === 0 ? values : known(of(withinTask(values, tasks)))

const reliability = ({ values, tasks }: Sample): Cell =>
  attempt((): Cell => {
    const icc = iccOf(
      values.map((value) => Math.log10(Math.max(1, value))),
      tasks,
    )
    return measured(icc.estimate, icc, icc.n)
  })

/** No ratio of the most to the least is below 1. */
const fromOne = (ratio: Measured | Unsaid): Cell =>
  'unsaid' in ratio || ratio.low === null ? ratio : { ...ratio, low: Math.max(1, ratio.low) }

const overTasks = (values: Float64Array): Measured | Unsaid =>
  values.length === 0 ? NONE : meanOf({ values, tasks: Int32Array.from(values.keys()) })

function figureOf(
  id: string,
  benchmark: string,
  { system, total }: { readonly system: System; readonly total: Sample },
) {
  const { mean, sd } = withinTask(total.values, total.tasks)
  const order = [...mean.keys()].sort((a, b) => (mean[a] as number) - (mean[b] as number))
  const step = Math.max(1, order.length / SHOWN_TASKS)
  const shown = Array.from(
    { length: Math.min(order.length, SHOWN_TASKS) },
    (_, k) => order[Math.floor(k * step)] as number,
  )
  return {
    id,
    title: `Tokens of each task, mean ± standard deviation, ${system.name}, ${benchmark}`,
    alt: `Mean total tokens of ${shown.length} tasks, from the cheapest to the dearest, with one standard deviation of their runs either way.`,
    chart: {
      kind: 'points' as const,
      x: { title: 'task, by its mean', scale: 'linear' as const },
      y: { title: 'total tokens of a run', scale: 'log' as const },
      points: shown.map((task, k) => ({
        x: k + 1,
        y: mean[task] as number,
        series: system.name,
        low: Math.max((mean[task] as number) * 0.05, (mean[task] as number) - (sd[task] as number)),
        high: (mean[task] as number) + (sd[task] as number),
      })),
    },
  }
}
