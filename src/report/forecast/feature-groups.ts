import { FEATURE_GROUPS, type FeatureGroup, type FeatureGroupResult } from '../../learn/feature-groups.ts'
import { measured } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'

const WORDS: Readonly<Record<FeatureGroup, string>> = {
  P: 'problem',
  PR: 'problem, repository',
  PT: 'problem, tool calls',
  PTD: 'problem, tool calls, difficulty',
  PTDR: 'all four',
}

const COLUMNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  ...FEATURE_GROUPS.map(
    (group): Column => ({ key: `r_total_${group.toLowerCase()}`, head: `${group}, total`, unit: 'r' }),
  ),
  ...FEATURE_GROUPS.map(
    (group): Column => ({ key: `r_output_${group.toLowerCase()}`, head: `${group}, output`, unit: 'r' }),
  ),
]

/** What groups of features are worth: those known before a run foretell, those known after it only explain. */
export function featureGroupBlocks(results: readonly FeatureGroupResult[]): readonly Block[] {
  if (results.length === 0) return []
  return [
    {
      kind: 'figure',
      figure: {
        id: 'feature-groups',
        title: 'What features are worth',
        alt: 'Pearson correlation of log total tokens with forecasts from groups of features, for each system: the problem, with the repository, with tool calls, with difficulty, and all.',
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'Pearson r of log total tokens', scale: 'linear' },
          bars: results.flatMap(({ name, r }) =>
            FEATURE_GROUPS.map((group) => {
              const { estimate: value, low, high } = r[group].total
              return { name, series: WORDS[group], value, low, high }
            }),
          ),
        },
      },
      table: {
        id: 'feature-groups-table',
        title: 'r of log tokens by group of features',
        columns: COLUMNS,
        rows: results.map(({ name, tasks, r }): readonly Cell[] => [
          name,
          tasks,
          ...FEATURE_GROUPS.map((group) => measured(r[group].total.estimate, r[group].total, tasks)),
          ...FEATURE_GROUPS.map((group) => measured(r[group].output.estimate, r[group].output, tasks)),
        ]),
        note: 'Ridge regression out of fold on the numbers of the tables, words left out; intervals 95 %, bootstrap over tasks. P: the problem’s text; R: the repository at the commit; T: the number of calls, known only when the run is over; D: difficulty graded by people who knew the fix. T all but is the spending: it explains and cannot foretell. Tasks whose calls are recorded: for OpenHands those resolved in all four runs.',
      },
    },
  ]
}
