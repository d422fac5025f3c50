import { unsaid } from '../cells.ts'
import type { Cell, Column, Section } from '../document.ts'
import { repeatsBlock } from './curves.ts'
import { equalityMargin, equalityPower, leastTasks } from './design.ts'
import type { FamilyOutlook, PlanOutlook } from './outlook.ts'

const COLUMNS: readonly Column[] = [
  { key: 'family', head: 'within', unit: 'text' },
  { key: 'runs_per_arm', head: 'runs an arm', unit: 'count' },
  { key: 'comparisons', head: 'comparisons', unit: 'count' },
  { key: 'detectable', head: 'detectable', unit: 'points' },
  { key: 'equality_margin', head: 'equal within', unit: 'points' },
  { key: 'power_at_margin', head: 'power at the margin', unit: 'share' },
  { key: 'arms', head: 'arms', unit: 'text' },
]

/** What differences would show, and how near to each other equal arms could be shown to be. */
export function detectionSection(outlook: PlanOutlook): Section {
  const { plan, families } = outlook
  return {
    id: 'detection',
    title: 'What it can show',
    words: plan.compare === null ? [ONE_ARM] : [],
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'detectable',
          title: 'Differences in the resolution rate',
          columns: COLUMNS,
          rows: families.map((one) => row(one, plan.margin)),
          note: `Detectable: the true difference that 8 of 10 tries find (two-sided test, 5 % over the comparisons, each of an arm with the first; Holm at worst), task by task. Equal within: the margin that 8 of 10 tries show equal arms to be within (two one-sided tests); power at the margin: how many do so for ± ${(plan.margin * 100).toLocaleString('en-US')} pp. By the standard error of a paired difference and t; tested against the permutation test of the noise report. The exact tests of single runs in the budget report find about one in twenty fewer.`,
        },
      },
      repeatsBlock(outlook),
    ],
  }
}

const ONE_ARM =
  'There is one arm: what is said of differences is for a second one of the same size, on the same tasks.'

function row({ family, design, detectable }: FamilyOutlook, margin: number): readonly Cell[] {
  const few = `${design.tasks} tasks are too few: at least ${leastTasks(design)} are needed, whatever the repeats`
  const none = unsaid(
    design.tasks < leastTasks(design) ? few : 'not even the largest difference there can be',
  )
  return [
    family.name,
    design.tasks * design.repeats,
    family.comparisons,
    detectable ?? none,
    equalityMargin(design) ?? none,
    equalityPower(design, margin),
    family.arms.join(', '),
  ]
}
