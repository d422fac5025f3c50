import { unsaid } from '../cells.ts'
import type { Block, Cell } from '../document.ts'
import type { LinesChart } from '../figure.ts'
import { detectableDifference } from './design.ts'
import type { PlanOutlook } from './outlook.ts'

/** Numbers of tasks and of repeats that people plan with. */
const TASKS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const
export const REPEATS = [1, 2, 3, 5, 10, 20, 50, 100] as const

type Line = LinesChart['lines'][number]

/** Detectable differences against the repeats, for fewer and more tasks than are planned. */
export function repeatsBlock({ hardest, plan }: PlanOutlook): Block {
  const { design, family } = hardest
  const tasks = around(TASKS, design.tasks)
  const repeats = sortedOnce([
    ...REPEATS.filter((each) => each <= Math.max(10, 2 * plan.repeats)),
    plan.repeats,
  ])
  const at = (count: number, times: number) =>
    detectableDifference({ ...design, tasks: count, repeats: times })
  const lines = tasks.map(
    (count): Line => ({
      series: `${count.toLocaleString('en-US')} tasks`,
      points: repeats.flatMap((x) => {
        const found = at(count, x)
        return found === null ? [] : [{ x, y: found * 100 }]
      }),
    }),
  )
  return {
    kind: 'figure',
    figure: {
      id: 'detectable-by-repeats',
      title: `What repeats and tasks would show, ${family.name}`,
      alt: `The smallest detectable difference falls with the repeats of each task, from 1 to ${repeats.at(-1)}, one line for each of ${tasks.length} numbers of tasks.`,
      chart: {
        kind: 'lines',
        x: { title: 'repeats of each task in each arm', scale: 'log' },
        y: { title: 'detectable difference (percentage points)', scale: 'linear' },
        lines: lines.filter(({ points }) => points.length > 0),
        rules: [{ axis: 'x', at: plan.repeats, label: 'planned' }],
      },
    },
    table: {
      id: 'detectable-by-repeats-table',
      title: `Detectable differences by repeats and tasks, ${family.name}`,
      columns: [
        { key: 'repeats', head: 'repeats', unit: 'count' },
        ...tasks.map((count) => ({
          key: `detectable_with_${count}_tasks`,
          head: `${count.toLocaleString('en-US')} tasks`,
          unit: 'points' as const,
        })),
      ],
      rows: repeats.map((times): readonly Cell[] => [
        times,
        ...tasks.map((count) => at(count, times) ?? unsaid('too few tasks to show any difference')),
      ]),
      note: 'As above, all else as planned.',
    },
  }
}

/** The planned number among usual ones: five in all, two of them less if there are. */
function around(usual: readonly number[], planned: number): readonly number[] {
  const below = usual.filter((each) => each < planned).slice(-2)
  const above = usual.filter((each) => each > planned).slice(0, 4 - below.length)
  return [...below, planned, ...above]
}

/** Each once, from the least. */
export const sortedOnce = (values: readonly number[]): readonly number[] =>
  [...new Set(values)].sort((a, b) => a - b)
