import type { Cell, Column, Section } from '../document.ts'
import type { Assumed } from './assumptions.ts'
import type { PlanOutlook } from './outlook.ts'
import { multiplierName, runsIn, runsPerSystem, tasksIn } from './planned.ts'

const RUNS: readonly Column[] = [
  { key: 'system', head: 'system', unit: 'text' },
  { key: 'multipliers', head: 'resources', unit: 'text' },
  { key: 'tasks', head: 'tasks', unit: 'count' },
  { key: 'repeats', head: 'repeats', unit: 'count' },
  { key: 'runs', head: 'runs', unit: 'count' },
]

const ASSUMED: readonly Column[] = [
  { key: 'of', head: 'of', unit: 'text' },
  { key: 'figure', head: 'what', unit: 'text' },
  { key: 'value', head: 'taken', unit: 'share' },
  { key: 'from', head: 'from', unit: 'text' },
]

/** What will be run, and what is taken for granted about how it ends. */
export function runsSection(outlook: PlanOutlook): Section {
  const { plan, systems } = outlook
  const resources = plan.multipliers.map(multiplierName).join(', ')
  const rows = systems.map(({ system }): readonly Cell[] => [
    system.name,
    resources,
    tasksIn(plan),
    plan.repeats,
    runsPerSystem(plan),
  ])
  const all = [`all ${systems.length}`, resources, tasksIn(plan), plan.repeats, runsIn(plan)]
  return {
    id: 'runs',
    title: 'What will be run',
    words: [],
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'planned-runs',
          title: 'Runs',
          columns: RUNS,
          rows: systems.length > 1 ? [...rows, all] : rows,
          note: 'Every agent with every model, each task so often under each multiple of the resources that it is guaranteed.',
        },
      },
      {
        kind: 'table',
        table: {
          id: 'assumed',
          title: 'What is taken for granted',
          columns: ASSUMED,
          rows: [...systems.flatMap(assumedRows), ...agreementRows(outlook)],
          note: 'From recorded runs of the same agent and model where there are 20 of 5 tasks, else from forecasts of the issues, else from the plan, else a guess. Consistency: the share of the variance of outcomes that lies between tasks (ICC): 100 % = repeats of a task end alike. Half of 17 public systems have more than 69 %. Agreement: the correlation, over tasks, of the true rates in two arms; half of 78 pairs of systems on Terminal-Bench have more than 68 %.',
        },
      },
    ],
  }
}

function assumedRows({
  system,
  rate,
  consistency,
  infra,
}: PlanOutlook['systems'][number]): readonly (readonly Cell[])[] {
  const row = (figure: string, { value, from }: Assumed): readonly Cell[] => [
    system.name,
    figure,
    value,
    from,
  ]
  return [
    row('resolved', rate),
    row('consistency', consistency),
    ...(infra === null ? [] : [row('infra errors', infra)]),
  ]
}

const agreementRows = ({ families }: PlanOutlook): readonly (readonly Cell[])[] =>
  families.map(({ family, agreement }) => [family.name, 'agreement', agreement.value, agreement.from])
