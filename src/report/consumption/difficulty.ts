import { labelOf, type TaskLabels } from '../../learn/task-labels.ts'
import { kendall } from '../../metrics/kendall.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column, Measured, Unsaid } from '../document.ts'
import { dotsOf } from '../dots.ts'
import { meanOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { type Grades, gradesOf } from './grades.ts'
import { known, type TaskMeans } from './task-means.ts'

/** Tokens by the difficulty that people gave the tasks; none where no task of the benchmark has a label. */
export function difficultyBlocks(
  benchmark: string,
  systems: readonly TaskMeans[],
  labels: TaskLabels,
): readonly Block[] {
  const names = new Set(
    systems.flatMap(({ ids }) => ids.flatMap((id) => labelOf(labels, benchmark, id)?.difficulty ?? [])),
  )
  const grades = names.size < 2 ? null : gradesOf(names)
  if (grades === null) return []
  const { order } = grades
  const graded = systems.map((means) => gradedOf(means, labels, grades))
  const id = `difficulty-${slug(benchmark)}`
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Tokens by human difficulty, ${benchmark}`,
        alt: `Mean total tokens of tasks of each difficulty, from ${order[0]} to ${order.at(-1)}, for each system.`,
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'mean total tokens of a run', scale: 'log' },
          bars: order.flatMap((level, k) =>
            graded.flatMap((one) => dotsOf(meanOfGrade(one, k), { name: level, series: one.name }, true)),
          ),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Tokens and human difficulty, ${benchmark}`,
        columns: columns(order),
        rows: graded.map((one) => row(one, order)),
        note: 'Kendall’s τ-b of difficulty and mean total tokens over tasks, 1 = harder is always dearer. Easy above mean hard: the share of the easiest tasks that cost more than the mean hard one (SWE-bench: an hour or more); hard below mean easy: the reverse. Grades were given by people who had seen the solution.',
      },
    },
  ]
}

/** The tasks of a system that have a label and known tokens. */
export interface Graded {
  readonly name: string
  /** Place in the order, for each task with a label and known tokens. */
  readonly grades: Float64Array
  readonly tokens: Float64Array
  /** Whether each place in the order counts as hard. */
  readonly isHard: readonly boolean[]
}

export function gradedOf(
  { benchmark, name, ids, total }: TaskMeans,
  labels: TaskLabels,
  { order, hard }: Grades,
): Graded {
  const grades: number[] = []
  const tokens: number[] = []
  ids.forEach((id, i) => {
    const grade = order.indexOf(labelOf(labels, benchmark, id)?.difficulty ?? '')
    if (grade < 0 || Number.isNaN(total[i])) return
    grades.push(grade)
    tokens.push(total[i] as number)
  })
  return {
    name,
    grades: Float64Array.from(grades),
    tokens: Float64Array.from(tokens),
    isHard: order.map((level) => hard.has(level)),
  }
}

const columns = (order: readonly string[]): readonly Column[] => [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  ...order.map((level, k): Column => ({ key: `tokens_grade_${k + 1}`, head: level, unit: 'tokens' })),
  { key: 'kendall_tau_b', head: 'τ-b', unit: 'r' },
  { key: 'easy_above_mean_hard', head: 'easy above mean hard', unit: 'share' },
  { key: 'hard_below_mean_easy', head: 'hard below mean easy', unit: 'share' },
]

function row(graded: Graded, order: readonly string[]): readonly Cell[] {
  const { name, tokens } = graded
  return [
    name,
    tokens.length,
    ...order.map((_, k) => meanOfGrade(graded, k)),
    tauOf(graded),
    ...overlap(graded),
  ]
}

/** Kendall’s τ-b of difficulty and mean total tokens. */
export const tauOf = ({ grades, tokens }: Graded): Measured | Unsaid =>
  attempt(() => measured(kendall(grades, tokens).tau, null, tokens.length))

const tokensOf = ({ grades, tokens }: Graded, holds: (grade: number) => boolean): Float64Array =>
  tokens.filter((_, i) => holds(grades[i] as number))

function meanOfGrade(graded: Graded, grade: number) {
  const values = tokensOf(graded, (own) => own === grade)
  return meanOf({ values, tasks: Int32Array.from(values.keys()) })
}

/** Easiest tasks dearer than the mean hard one, and hard ones cheaper than the mean easiest. */
export function overlap(graded: Graded): readonly [Measured | Unsaid, Measured | Unsaid] {
  const easy = known(tokensOf(graded, (grade) => grade === 0))
  const hard = known(tokensOf(graded, (grade) => graded.isHard[grade] === true))
  if (easy.length === 0 || hard.length === 0)
    return [unsaid('a grade has no task'), unsaid('a grade has no task')]
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const share = (values: Float64Array, holds: (value: number) => boolean): Measured =>
    measured(values.filter(holds).length / values.length, null, values.length)
  const [meanEasy, meanHard] = [mean(easy), mean(hard)]
  return [share(easy, (value) => value > meanHard), share(hard, (value) => value < meanEasy)]
}
