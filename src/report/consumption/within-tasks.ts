import { fixedEffects } from '../../metrics/fixed-effects.ts'
import { attempt, measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'
import { dotsOf } from '../dots.ts'
import { rateOf } from '../figures-of-sample.ts'
import { slug } from '../findings.ts'
import { sampleOf } from '../sample.ts'
import type { Subject } from '../subject.ts'
import type { Field } from '../system.ts'
import { costLevels, LEVELS } from './cost-levels.ts'

/** Runs of tasks that were run more than once, over all systems of a benchmark. */
interface Ranked {
  readonly resolved: Float64Array
  readonly level: Int8Array
  /** The task, whichever the system: the clusters. */
  readonly tasks: Int32Array
  readonly systems: Int32Array
}

/** Of fewer tasks with repeats, nothing is told. */
const LEAST_TASKS = 5

/** Whether the dearer run of a task is the better one: accuracy by the place of a run among those of its task. */
export function withinTasksBlocks(subject: Subject, field: Field): readonly Block[] {
  const ranked = rankedRuns(subject, field)
  if (new Set(ranked.tasks).size < LEAST_TASKS) return []
  const id = `within-tasks-${slug(field.benchmark)}`
  const against = againstLeast(ranked)
  const rows = LEVELS.map((name, level) => row(ranked, { name, level, against })).filter(
    ([, runs]) => runs !== 0,
  )
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Cheap and dear runs of one task, ${field.benchmark}`,
        alt: 'Share resolved among the cheapest, lower, middle, upper and dearest runs of each task, with 95 % intervals.',
        chart: {
          kind: 'bars',
          mark: 'dots',
          value: { title: 'runs resolved', scale: 'share' },
          bars: rows.flatMap(([name, , cell]) => dotsOf(cell, { name: String(name) })),
        },
      },
      table: {
        id: `${id}-table`,
        title: `Accuracy by the place of a run among those of its task, ${field.benchmark}`,
        columns: COLUMNS,
        rows,
        note: 'The runs of one task by one system, ranked by total tokens; tasks with one run, or whose runs all took the same, are left out. Against the least: linear regression of runs, with an effect of each task and of each system, standard errors by task: what a dearer run of the same task by the same system tells.',
      },
    },
  ]
}

const COLUMNS: readonly Column[] = [
  { key: 'level', head: 'tokens', unit: 'text' },
  { key: 'runs', head: 'runs', unit: 'count' },
  { key: 'resolution_rate', head: 'resolved', unit: 'share' },
  { key: 'against_least', head: 'against the least', unit: 'points' },
  { key: 'p', head: 'p', unit: 'p' },
]

function rankedRuns({ quantities }: Subject, { systems }: Field): Ranked {
  const out = {
    resolved: [] as number[],
    level: [] as number[],
    tasks: [] as number[],
    systems: [] as number[],
  }
  for (const [index, system] of systems.entries()) {
    const sample = sampleOf(system, quantities.total, quantities.resolved)
    const levels = costLevels(sample.values, sample.tasks)
    for (let i = 0; i < levels.length; i++) {
      if ((levels[i] as number) < 0) continue
      out.resolved.push(quantities.resolved[sample.rows[i] as number] as number)
      out.level.push(levels[i] as number)
      out.tasks.push(sample.taskCodes[sample.tasks[i] as number] as number)
      out.systems.push(index)
    }
  }
  return {
    resolved: Float64Array.from(out.resolved),
    level: Int8Array.from(out.level),
    tasks: Int32Array.from(out.tasks, (code) => Math.max(0, code)),
    systems: Int32Array.from(out.systems),
  }
}

interface Against {
  readonly difference: Cell
  readonly p: Cell
}

function row(
  { resolved, level: levels, tasks }: Ranked,
  {
    name,
    level,
    against,
  }: { readonly name: string; readonly level: number; readonly against: ReadonlyMap<number, Against> },
): readonly Cell[] {
  const kept = [...levels.keys()].filter((i) => levels[i] === level)
  const { difference, p } = against.get(level) ?? {
    difference: unsaid('it is the least'),
    p: unsaid('it is the least'),
  }
  return [
    name,
    kept.length,
    rateOf({
      values: Float64Array.from(kept, (i) => resolved[i] as number),
      tasks: Int32Array.from(kept, (i) => tasks[i] as number),
    }),
    difference,
    p,
  ]
}

/** Coefficients of the levels above the least, in a regression with effects of tasks and systems. */
function againstLeast({ resolved, level, tasks, systems }: Ranked): ReadonlyMap<number, Against> {
  const present = [1, 2, 3, 4].filter((one) => level.includes(one))
  const columns = present.map((one) => Float64Array.from(level, (own) => (own === one ? 1 : 0)))
  const found = attempt(() =>
    fixedEffects({ outcomes: resolved, regressors: columns, effects: [tasks, systems], codes: tasks }),
  )
  return new Map(
    present.map((one, k): [number, Against] => {
      if ('unsaid' in found) return [one, { difference: found, p: found }]
      const { estimate, low, high, p, standardError } = found[k] as (typeof found)[number]
      if (standardError > 0)
        return [one, { difference: measured(estimate, { low, high }, resolved.length), p }]
      return [
        one,
        { difference: measured(estimate, null, resolved.length), p: unsaid('all tasks tell the same') },
      ]
    }),
  )
}
