import { iccOf, iccOfMean, noiseCeiling } from '../../metrics/icc.ts'
import { detectableEffect } from '../../metrics/power.ts'
import type { Episodes } from '../../store/episodes.ts'
import { attempt, estimateOf, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { slug } from '../findings.ts'
import { countTasks, repeated, type Sample, sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import { type Field, restrictedTo, type System } from '../system.ts'
import { armsOf } from './arms.ts'
import { points } from './points.ts'

/** What repeats of the same tasks by the same system tell of chance. */
interface Repeats {
  readonly system: System
  readonly outcomes: Sample
  readonly tasks: number
  /** Runs of a task, on average. */
  readonly perTask: number
  /** Share of the tasks that were resolved in some runs and not in others. */
  readonly mixed: number
  /** The difference between two set-ups that as many runs of each would show in 8 of 10 tries; null = no spread. */
  readonly detectable: number | null
}

/** Only tasks with more than one run count; systems without any are left out. */
function repeatsOf({ episodes, quantities }: Subject, field: Field): readonly Repeats[] {
  return field.systems.flatMap((all) => {
    const system = underOneSetUp(episodes, all)
    const outcomes = repeated(sampleOf(system, quantities.resolved))
    if (outcomes.values.length === 0) return []
    const { tasks, mixed, within } = spreadOf(outcomes)
    const perTask = outcomes.values.length / tasks
    const standardError = Math.sqrt((2 * within) / outcomes.values.length)
    const detectable =
      standardError > 0 && tasks > 1 ? detectableEffect({ standardError, df: tasks - 1 }) : null
    return [{ system, outcomes, tasks, perTask, mixed: mixed / tasks, detectable }]
  })
}

/** Runs under other resources are no repeats: those under the multiple that most were made with. */
function underOneSetUp(episodes: Episodes, system: System): System {
  const arms = armsOf(episodes, system)
  const known = arms.reduce((sum, arm) => sum + arm.system.rows.length, 0)
  const [most] = [...arms].sort((a, b) => b.system.rows.length - a.system.rows.length)
  const isUnknown = (row: number) => Number.isNaN(episodes.multiplier[row])
  if (most === undefined || system.rows.length - known > most.system.rows.length)
    return restrictedTo(system, isUnknown)
  if (arms.length === 1 && known === system.rows.length) return system
  return { ...most.system, name: `${system.name}, ${most.name}` }
}

/** Tasks, those with both outcomes, and the mean variance of an outcome within a task (unbiased). */
function spreadOf({ values, tasks }: Sample): { tasks: number; mixed: number; within: number } {
  let [count, mixed, variance] = [0, 0, 0]
  for (let from = 0; from < tasks.length; ) {
    let [to, ones] = [from, 0]
    for (; to < tasks.length && tasks[to] === tasks[from]; to++) ones += values[to] as number
    const size = to - from
    count++
    if (ones > 0 && ones < size) mixed++
    variance += (ones * (size - ones)) / size / (size - 1)
    from = to
  }
  return { tasks: count, mixed, within: variance / count }
}

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'runs_per_task', head: 'runs a task', unit: 'number' },
  { key: 'mixed', head: 'tasks with both outcomes', unit: 'share' },
  { key: 'icc_resolved', head: 'ICC of outcomes', unit: 'r' },
  { key: 'icc_log_tokens', head: 'ICC of log tokens', unit: 'r' },
  { key: 'ceiling_one_run', head: 'highest r, one run', unit: 'r' },
  { key: 'ceiling_mean', head: 'highest r, mean of them', unit: 'r' },
  { key: 'detectable', head: 'detectable', unit: 'points' },
]

export function repeatBlocks(subject: Subject, field: Field): readonly Block[] {
  const found = repeatsOf(subject, field)
  if (found.length === 0) return []
  return [
    {
      kind: 'table',
      table: {
        id: `repeats-${slug(field.benchmark)}`,
        title: `What repeats tell of chance, ${field.benchmark}`,
        columns: COLUMNS,
        rows: found.map((one) => row(subject, one)),
        note: 'Over tasks with more than one run; of a system under several resources, the runs under those that most were made with. ICC: the share of the variance of a single run that lies between tasks (one-way, Shrout and Fleiss 1979), with its F interval; 1 = repeats agree, 0 = all is chance. Highest r: what a forecast that knew the true mean of every task would reach. Detectable: the difference in the resolution rate of two set-ups, each with these tasks and as many runs, that would be seen in 8 of 10 tries (two-sided, 5 %), if every task were affected alike.',
      },
    },
  ]
}

function row({ quantities }: Subject, one: Repeats): readonly Cell[] {
  const tokens = repeated(sampleOf(one.system, quantities.total))
  const logs = tokens.values.map((value) => Math.log10(Math.max(1, value)))
  const ofTokens = reliability(logs, tokens.tasks, 'tokens')
  const single = estimateOf(ofTokens)
  const ceiling = (runs: number): Cell =>
    single === null ? ofTokens : noiseCeiling(iccOfMean(Math.max(0, single), runs))
  return [
    one.system.name,
    one.tasks,
    one.perTask,
    measured(one.mixed, null, one.tasks),
    reliability(one.outcomes.values, one.outcomes.tasks, 'outcomes'),
    ofTokens,
    ceiling(1),
    ceiling(one.perTask),
    one.detectable ?? unsaid('all runs of every task end alike'),
  ]
}

function reliability(values: Float64Array, tasks: Int32Array, what: string): Cell {
  if (values.length === 0) return unsaid(`${what} are not recorded for two runs of any task`)
  if (countTasks(tasks) < 2) return unsaid(`only one task has repeats with ${what}`)
  return attempt((): Cell => {
    const icc = iccOf(values, tasks)
    return measured(icc.estimate, icc, icc.n)
  })
}

/** What a plan like the runs at hand can show, in plain words. */
export function repeatWords(subject: Subject, field: Field): readonly string[] {
  const shown = repeatsOf(subject, field).filter(({ detectable }) => detectable !== null)
  if (shown.length === 0) return []
  const least = Math.min(...shown.map(({ detectable }) => detectable as number))
  const most = Math.max(...shown.map(({ detectable }) => detectable as number))
  const range =
    shown.length === 1 || points(least) === points(most)
      ? points(least)
      : `${points(least)} to ${points(most)}`
  return [
    `${field.benchmark}: with as many tasks and repeats as there are, two set-ups of one system must differ by ${range} to be told apart.`,
  ]
}
