import { shortUsd } from '../../units.ts'
import { unsaid } from '../cells.ts'
import type { Cell, Column, Section } from '../document.ts'
import type { Figure } from '../figure.ts'
import { REPEATS, sortedOnce } from './curves.ts'
import { type Design, detectableDifference, repeatsToDetect, tasksToDetect } from './design.ts'
import type { PlanOutlook } from './outlook.ts'
import { runsIn, tasksIn } from './planned.ts'
import { rangeOfSpend } from './spend.ts'

const TARGETS = [0.03, 0.05, 0.1] as const
/** More repeats of a task are rarely made. */
const MOST_USUAL = 10

const COLUMNS: readonly Column[] = [
  { key: 'difference', head: 'to show', unit: 'points' },
  { key: 'repeats', head: 'repeats', unit: 'count' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'expected_usd', head: 'cost', unit: 'usd' },
]

/** How many tasks and repeats it takes to show 3, 5 and 10 percentage points, and at what cost. */
export function requirementsSection(outlook: PlanOutlook): Section {
  const { plan, hardest } = outlook
  const repeats = sortedOnce([...REPEATS.filter((each) => each <= MOST_USUAL), plan.repeats])
  const table = {
    id: 'requirements',
    title: `What it takes, ${hardest.family.name}`,
    columns: COLUMNS,
    rows: TARGETS.flatMap((target) =>
      repeats.map((times) => requirementRow(outlook, { ...hardest.design, repeats: times }, target)),
    ),
    note: 'All arms together, all else as planned; the cost at what a run of the plan is expected to cost.',
  }
  const figure = costFigure(outlook)
  return {
    id: 'requirements',
    title: 'What it would take',
    words: [repeatsWords(hardest.design), ...moreWords(hardest.design)],
    blocks: [figure === null ? { kind: 'table', table } : { kind: 'figure', figure, table }],
  }
}

function requirementRow(outlook: PlanOutlook, design: Design, target: number): readonly Cell[] {
  const tasks = tasksToDetect(design, target)
  const runs = runsOf(outlook, tasks, design.repeats)
  return [target, design.repeats, tasks, runs, costOf(outlook, runs) ?? unsaid('cost of a run not known')]
}

/** Of all arms together. */
const runsOf = ({ plan }: PlanOutlook, tasks: number, repeats: number): number =>
  (runsIn(plan) / tasksIn(plan) / plan.repeats) * tasks * repeats

function costOf({ all, plan }: PlanOutlook, runs: number): number | null {
  const range = rangeOfSpend(all.usd)
  return range === null ? null : (range.mean / runsIn(plan)) * runs
}

/** `With the tasks that are planned: 10 pp with 2 repeats; 5 pp with 8 repeats; 3 pp with no number of repeats.` */
function repeatsWords(design: Design): string {
  const needed = TARGETS.toReversed().map(
    (target) => [target * 100, repeatsToDetect(design, target)] as const,
  )
  if (needed.every(([, repeats]) => repeats === null))
    return 'With the tasks that are planned no number of repeats shows even 10 pp.'
  const parts = needed.map(([points, repeats]) => {
    if (repeats === null) return `${points} pp with no number of repeats`
    return `${points} pp with ${repeats.toLocaleString('en-US')} ${repeats === 1 ? 'repeat' : 'repeats'}`
  })
  return `With the tasks that are planned: ${parts.join('; ')}.`
}

/** Which of the two to add, where it matters. */
function moreWords(design: Design): readonly string[] {
  const [tasks, repeats] = [
    detectableDifference({ ...design, tasks: 2 * design.tasks }),
    detectableDifference({ ...design, repeats: 2 * design.repeats }),
  ]
  if (tasks === null || repeats === null || repeats < 1.1 * tasks) return []
  const points = (value: number) => `${(value * 100).toFixed(1)} pp`
  return [`Twice the tasks would show ${points(tasks)}, twice the repeats only ${points(repeats)}.`]
}

/** To show the next smaller difference; nothing for a plan that shows the smallest. */
export function requirementWords(outlook: PlanOutlook): readonly string[] {
  const { hardest, plan } = outlook
  const target = TARGETS.findLast((each) => each < (hardest.detectable ?? 1))
  if (target === undefined) return []
  const tasks = tasksToDetect({ ...hardest.design, repeats: plan.repeats }, target)
  const runs = runsOf(outlook, tasks, plan.repeats)
  const cost = costOf(outlook, runs)
  const times = plan.repeats === 1 ? 'one run each' : `${plan.repeats} repeats`
  const dollars = cost === null ? '' : `, about ${shortUsd(cost)}`
  const count = (value: number) => value.toLocaleString('en-US')
  return [
    `To show ${target * 100} pp takes ${count(tasks)} tasks with ${times}: ${count(runs)} runs${dollars}.`,
  ]
}

/** From a tenth of what is planned to ten times as much, in steps of equal factors. */
const STEPS = Array.from({ length: 13 }, (_, i) => 10 ** (i / 6 - 1))

/** Detectable differences against the cost, one line for each number of repeats; null where a run has no known cost. */
function costFigure(outlook: PlanOutlook): Figure | null {
  const { hardest, plan, all } = outlook
  const range = rangeOfSpend(all.usd)
  if (range === null || range.mean === 0) return null
  const repeats = sortedOnce([1, 3, MOST_USUAL, plan.repeats])
  const lines = repeats.map((times) => ({
    series: times === 1 ? '1 run a task' : `${times.toLocaleString('en-US')} runs a task`,
    points: STEPS.flatMap((step) => {
      const tasks = Math.round((step * tasksIn(plan) * plan.repeats) / times)
      const y = detectableDifference({ ...hardest.design, tasks, repeats: times })
      const x = costOf(outlook, runsOf(outlook, tasks, times))
      return x === null || y === null ? [] : [{ x, y: y * 100 }]
    }),
  }))
  return {
    id: 'detectable-by-cost',
    title: `What money would show, ${hardest.family.name}`,
    alt: `The smallest detectable difference against the cost of all runs, from a tenth to ten times of what is planned, for tasks run ${repeats.join(', ')} times in each arm.`,
    chart: {
      kind: 'lines',
      x: { title: 'cost of all runs (USD)', scale: 'log' },
      y: { title: 'detectable difference (percentage points)', scale: 'log' },
      lines: lines.filter(({ points }) => points.length > 0),
      rules: [{ axis: 'x', at: range.mean, label: 'planned' }],
    },
  }
}
