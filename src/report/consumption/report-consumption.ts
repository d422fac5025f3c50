import type { TaskLabels } from '../../learn/task-labels.ts'
import type { ActionTraces } from '../../store/read-action-traces.ts'
import type { CallTraces } from '../../store/read-call-traces.ts'
import { compositionBlocks } from '../composition.ts'
import type { Block, Section } from '../document.ts'
import { eachField } from '../each-field.ts'
import { type Findings, slug, together } from '../findings.ts'
import { unknownCosts, unknownTokens } from '../missing.ts'
import type { Published } from '../reproduction/published.ts'
import type { Subject } from '../subject.ts'
import type { Field, System } from '../system.ts'
import { unsaidWords } from '../unsaid-words.ts'
import { acrossModelsBlocks } from './across-models.ts'
import { betweenTasksBlocks } from './between-tasks.ts'
import { cachingBlocks, type RatesOf } from './caching.ts'
import { consumptionWords } from './consumption-words.ts'
import { difficultyBlocks } from './difficulty.ts'
import { kindBlocks } from './kinds.ts'
import { phaseBlocks, phaseSums } from './phases.ts'
import { roundBlocks } from './rounds.ts'
import { type SelfForecasts, selfForecastBlocks, selfForecastWords } from './self-forecast.ts'
import { type TaskMeans, taskMeansOf } from './task-means.ts'
import { toolBlocks } from './tools.ts'
import { varianceBlocks } from './variance.ts'
import { withinTasksBlocks } from './within-tasks.ts'

/** What consumption is told from, beside the runs. */
export interface ConsumptionData {
  readonly traces: CallTraces | null
  readonly actions: ActionTraces | null
  readonly labels: TaskLabels
  readonly ratesOf: RatesOf
  /** Means of runs that are not told one by one. */
  readonly means: readonly TaskMeans[]
  readonly selfForecasts: readonly SelfForecasts[]
  readonly published: Published
}

/** Where tokens and dollars go: a part for each benchmark, and what models foretell of themselves. */
export function consumptionFindings(
  subject: Subject,
  data: ConsumptionData,
  { withClasses }: { readonly withClasses: boolean },
): Findings {
  const names = new Set([...subject.fields, ...data.means].map(({ benchmark }) => benchmark))
  const fields = [...names]
    .sort()
    .map(
      (benchmark) => subject.fields.find((one) => one.benchmark === benchmark) ?? { benchmark, systems: [] },
    )
  const foretold = selfForecastBlocks(data.selfForecasts, data.published)
  const words = selfForecastWords(data.selfForecasts, data.published)
  return together([
    eachField(fields, (field) => fieldFindings(subject, field, { ...data, withClasses })),
    {
      summary: words,
      excluded: [],
      sections: section('self-forecast', 'What models foretell of themselves', foretold, words),
    },
  ])
}

function fieldFindings(
  subject: Subject,
  field: Field,
  data: ConsumptionData & { readonly withClasses: boolean },
): Findings {
  const { benchmark } = field
  const own = field.systems.map((system) => taskMeansOf(subject, system))
  const told = data.means.filter((means) => means.benchmark === benchmark)
  const counted = own.filter(({ total, usd }) =>
    [total, usd].some((column) => column.some((value) => !Number.isNaN(value))),
  )
  // Systems whose runs are told one by one and those told as means are not of one experiment: they share no table.
  const experiments = [counted, told].filter((systems) => systems.length > 0)
  const all = (blocks: (systems: readonly TaskMeans[]) => readonly Block[]) => joined(experiments.map(blocks))
  const name = (id: string, title: string, blocks: readonly Block[], words: readonly string[] = []) =>
    section(`${id}-${slug(benchmark)}`, `${title}: ${benchmark}`, blocks, words)
  const words = [
    ...consumptionWords(benchmark, counted),
    ...consumptionWords(benchmark, told, counted.length > 0 ? `of ${AS_MEANS} ` : ''),
  ]
  return {
    summary: words,
    unsaid: field.systems.length === 0 ? [] : unsaidWords(subject, field),
    excluded: [unknownTokens, unknownCosts].flatMap((lacking) => lacking(subject, field)),
    sections: [
      ...name(
        'spend',
        'Who spends what',
        [
          ...all((systems) => acrossModelsBlocks(benchmark, systems)),
          ...all((systems) => kindBlocks(benchmark, systems, data.labels)),
        ],
        words,
      ),
      ...name('classes', 'What the tokens are', data.withClasses ? compositionBlocks(subject, field) : []),
      ...name('spread', 'The same task, run to run', varianceBlocks(subject, field)),
      ...name('dear', 'Does it pay to spend more', [
        ...all((systems) => betweenTasksBlocks(benchmark, systems)),
        ...withinTasksBlocks(subject, field),
      ]),
      ...name(
        'grades',
        'Difficulty as people see it',
        all((systems) => difficultyBlocks(benchmark, systems, data.labels)),
      ),
      ...name('course', 'The course of a run', courseBlocks(field, data)),
      ...name('cache', 'The cache', cachingBlocks(subject, field, data.ratesOf)),
    ],
  }
}

/** Phases and rounds of the systems whose calls are told, and what those do with tools whose actions are. */
function courseBlocks({ systems }: Field, { traces, actions }: ConsumptionData): readonly Block[] {
  return systems.flatMap((system) => {
    const name = nameOf(system)
    const [called, acted] = [placesIn(system, traces), placesIn(system, actions)]
    return [
      ...(traces === null ? [] : phaseBlocks(name, phaseSums(traces, called))),
      ...(traces === null ? [] : roundBlocks(name, traces, called)),
      ...(actions === null ? [] : toolBlocks(name, actions, acted)),
    ]
  })
}

const nameOf = ({ name, benchmark }: System): string => `${name}, ${benchmark}`

/** The places in traces of the runs of a system. */
function placesIn({ rows }: System, traces: Pick<CallTraces, 'runs'> | null): readonly number[] {
  if (traces === null) return []
  const own = new Set(rows)
  return [...traces.runs.keys()].filter((at) => own.has(traces.runs[at] as number))
}

/** Blocks of several experiments under one heading: those after the first say so, and have ids of their own. */
const joined = (parts: readonly (readonly Block[])[]): readonly Block[] =>
  parts.flatMap((blocks, part) => (part === 0 ? blocks : blocks.map(ofMeans)))

function ofMeans({ table: first, ...rest }: Block): Block {
  const table = { ...first, id: `${first.id}-means`, title: `${first.title}, ${AS_MEANS}` }
  if (rest.kind === 'table') return { kind: 'table', table }
  const { figure } = rest
  return {
    kind: 'figure',
    table,
    figure: { ...figure, id: `${figure.id}-means`, title: `${figure.title}, ${AS_MEANS}` },
  }
}

const AS_MEANS = 'systems told as means of runs'

const section = (
  id: string,
  title: string,
  blocks: readonly Block[],
  words: readonly string[] = [],
): readonly Section[] => (blocks.length === 0 ? [] : [{ id, title, words, blocks }])
