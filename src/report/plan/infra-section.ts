import { unsaid } from '../cells.ts'
import type { Cell, Column, Section } from '../document.ts'
import { sortedOnce } from './curves.ts'
import { detectableRate, highestUnseen } from './infra-rates.ts'
import type { PlanOutlook } from './outlook.ts'

const COLUMNS: readonly Column[] = [
  { key: 'rate', head: 'infra errors in one arm', unit: 'share' },
  { key: 'fewer', head: 'told apart from: at most', unit: 'share' },
  { key: 'more', head: 'or at least', unit: 'share' },
]

const USUAL = [0, 0.01, 0.05]

/** What the plan can tell of errors of the infrastructure. */
export function infraSection({ plan, systems, hardest }: PlanOutlook): Section {
  const { design } = hardest
  const sizes = { runs: design.tasks * plan.repeats, comparisons: design.comparisons }
  const rates = sortedOnce([...USUAL, ...systems.flatMap(({ infra }) => infra?.value ?? [])])
  return {
    id: 'infra',
    title: 'Errors of the infrastructure',
    words: [
      `An arm of ${sizes.runs.toLocaleString('en-US')} runs without one has fewer than ${percent(highestUnseen(sizes.runs))} of them, at 95 % (rule of three).`,
    ],
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'infra-errors',
          title: 'Rates that would be told apart',
          columns: COLUMNS,
          rows: rates.map((rate): readonly Cell[] => [
            rate,
            detectableRate(rate, sizes, 'fewer') ?? unsaid('not even none at all'),
            detectableRate(rate, sizes, 'more') ?? unsaid('not even all'),
          ]),
          note: 'In 8 of 10 tries, two-sided, 5 % over the comparisons, if runs fail one by one. Where they fail in bursts, by host and day, it takes more.',
        },
      },
    ],
  }
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`
