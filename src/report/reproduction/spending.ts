import type { TaskLabels } from '../../learn/task-labels.ts'
import { unsaid } from '../cells.ts'
import { groupCorrelation } from '../consumption/between-tasks.ts'
import { gradedOf, overlap, tauOf } from '../consumption/difficulty.ts'
import { gradesOf } from '../consumption/grades.ts'
import { type TaskMeans, tasksWhere } from '../consumption/task-means.ts'
import { variationOf } from '../consumption/variance.ts'
import type { Cell, Measured, Section, Unsaid } from '../document.ts'
import type { Subject } from '../subject.ts'
import { type Published, publishedFigure } from './published.ts'

const STUDY = 'spending'
/** Of systems with fewer tasks that were run twice nothing is taken. */
const LEAST_TASKS = 20

/** What the published figures are held against. */
export interface SpendingData {
  readonly means: readonly TaskMeans[]
  readonly labels: TaskLabels
  readonly published: Published
}

/** A published figure, and the same of each system at hand. */
interface Row {
  readonly figure: string
  readonly key: string
  readonly ours: readonly (Measured | Unsaid)[]
}

/** The published figures of spending beside ours, and why they differ; null where none is published. */
export function spendingSection(
  subject: Subject,
  { means, labels, published }: SpendingData,
): Section | null {
  const rows = [...variationRows(subject), betweenRow(means), ...difficultyRows(means, labels)]
  const told = rows.flatMap((row) => {
    const value = publishedFigure(published, STUDY, ['all', row.key])
    return value === null ? [] : [cells(row, value)]
  })
  if (told.length === 0) return null
  return {
    id: 'spending-published',
    title: 'The published figures of spending, beside ours',
    words: WORDS,
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'spending-published-table',
          title: 'Spending, published and ours',
          columns: [
            { key: 'figure', head: 'figure', unit: 'text' },
            { key: 'systems', head: 'systems', unit: 'count' },
            { key: 'least', head: 'ours, least', unit: 'r' },
            { key: 'middle', head: 'ours, middle', unit: 'r' },
            { key: 'most', head: 'ours, most', unit: 'r' },
            { key: 'published', head: 'published', unit: 'r' },
            { key: 'verdict', head: 'it lies', unit: 'text' },
          ],
          rows: told,
          note: `Ours: the least, the middle and the greatest of the figures of the systems, one each; their intervals are in the tables above. Coefficients of variation of systems with at least ${LEAST_TASKS} tasks that were run more than once. Published: arXiv 2604.22750.`,
        },
      },
    ],
  }
}

const WORDS: readonly string[] = [
  'Coefficients of variation: the published ones are of other runs, those of OpenHands, of which the corpus tells only the mean of four. Ours are of the systems whose repeats it tells one by one, with other models and mostly on other tasks.',
  'Correlation between tasks: the publication gives one figure, and of which models it is is not recorded with it. Ours are one for each model, on the tasks of which it is known for sure how many of four runs resolved them: those that every model resolved at least once. The hardest tasks are not among them, which takes from the range of accuracy and moves r towards 0.',
  'Difficulty: the two published shares cannot be of means of tasks. Of the 194 easiest and 45 hard tasks of SWE-bench Verified no whole number gives .1151 or .2738, so they are of single runs or of other tasks; ours are of the means of the tasks at hand.',
]

function cells({ figure, ours }: Row, published: number): readonly Cell[] {
  const known = ours.flatMap((one) => ('unsaid' in one ? [] : [one.estimate])).sort((a, b) => a - b)
  const [least, most] = [known[0], known.at(-1)]
  const middle = ((known[(known.length - 1) >> 1] ?? 0) + (known[known.length >> 1] ?? 0)) / 2
  if (least === undefined || most === undefined) {
    const none = unsaid('no system tells it')
    return [figure, 0, none, none, none, published, '']
  }
  const verdict = published < least ? 'below ours' : published > most ? 'above ours' : 'within ours'
  return [figure, known.length, least, middle, most, published, verdict]
}

function variationRows(subject: Subject): readonly Row[] {
  const { total, output, usd } = subject.quantities
  const systems = subject.fields.flatMap((field) => field.systems)
  const of = (column: Float64Array) =>
    systems
      .map((system) => variationOf(system, column))
      .filter((cv) => !('unsaid' in cv) && cv.n >= LEAST_TASKS)
  return [
    { figure: 'CV of tokens within a task', key: 'within_task_cv_total', ours: of(total) },
    { figure: 'CV of output within a task', key: 'within_task_cv_output', ours: of(output) },
    { figure: 'CV of cost within a task', key: 'within_task_cv_cost', ours: of(usd) },
  ]
}

function betweenRow(means: readonly TaskMeans[]): Row {
  const ours = means.map((all) => {
    const { input, accuracy } = tasksWhere(
      all,
      (i) => !Number.isNaN((all.input[i] as number) + (all.accuracy[i] as number)),
    )
    return groupCorrelation(input, accuracy)
  })
  return { figure: 'r of input and accuracy, groups of tasks', key: 'r_between_input_accuracy', ours }
}

function difficultyRows(means: readonly TaskMeans[], labels: TaskLabels): readonly Row[] {
  const grades = gradesOf(new Set([...labels.values()].flatMap(({ difficulty }) => difficulty ?? [])))
  const graded = grades === null ? [] : means.map((one) => gradedOf(one, labels, grades))
  const shares = graded.map(overlap)
  return [
    { figure: 'τ-b of difficulty and tokens', key: 'kendall_difficulty_total', ours: graded.map(tauOf) },
    {
      figure: 'easy tasks dearer than the mean hard one',
      key: 'share_easy_above_mean_hard',
      ours: shares.map(([easy]) => easy),
    },
    {
      figure: 'hard tasks cheaper than the mean easy one',
      key: 'share_hard_below_mean_easy',
      ours: shares.map(([, hard]) => hard),
    },
  ]
}
