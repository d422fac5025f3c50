import type { SpendSplit, TaskMean } from '../../learn/corpus-means.ts'
import type { SelfForecasts } from './self-forecast.ts'
import type { TaskMeans } from './task-means.ts'

/** Each mean is of so many runs. */
const RUNS = 4

/** The means of all runs of the corpus by system, with the accuracy where it is known for sure. */
export function meansOfCorpus(
  rows: readonly TaskMean[],
  splits: readonly SpendSplit[],
): readonly TaskMeans[] {
  const solved = new Map(
    splits
      .filter(({ isExact }) => isExact)
      .map(({ task, model, resolved }) => [cell(task, model), resolved / RUNS]),
  )
  return [...systems(rows)].map(([, own]) => taskMeans(own, solved))
}

/** What the models of the corpus forecast of themselves, one for each model that was asked. */
export function selfForecastsOfCorpus(
  rows: readonly TaskMean[],
  splits: readonly SpendSplit[],
): readonly SelfForecasts[] {
  const means = meansOfCorpus(rows, splits)
  return [...systems(rows)].flatMap(([, own], i) => {
    const column = (of: (row: TaskMean) => number | null) =>
      Float64Array.from(own, (row) => of(row) ?? Number.NaN)
    const input = column(({ selfInputTokens }) => selfInputTokens)
    if (input.every((value) => Number.isNaN(value))) return []
    return [
      {
        model: own[0]?.model ?? '',
        actual: means[i] as TaskMeans,
        input,
        output: column(({ selfOutputTokens }) => selfOutputTokens),
        usd: column(({ selfCostUsd }) => selfCostUsd),
      },
    ]
  })
}

const cell = (task: string, model: string): string => JSON.stringify([task, model])

/** The rows of each system that are over all runs, in the order of the systems. */
const systems = (rows: readonly TaskMean[]): Map<string, TaskMean[]> =>
  new Map(
    [
      ...Map.groupBy(
        rows.filter(({ over }) => over === 'all'),
        ({ benchmark, agent, model }) => `${benchmark} ${agent} ${model}`,
      ),
    ].sort(([a], [b]) => (a < b ? -1 : 1)),
  )

function taskMeans(rows: readonly TaskMean[], solved: ReadonlyMap<string, number>): TaskMeans {
  const column = (of: (row: TaskMean) => number | null) =>
    Float64Array.from(rows, (row) => of(row) ?? Number.NaN)
  const [first] = rows
  return {
    benchmark: first?.benchmark ?? '',
    name: `${first?.agent ?? ''} · ${first?.model ?? ''}`,
    ids: rows.map(({ task }) => task),
    runs: new Float64Array(rows.length).fill(RUNS),
    input: column(({ inputTokens }) => inputTokens),
    output: column(({ outputTokens }) => outputTokens),
    total: column(({ inputTokens, outputTokens }) => inputTokens + outputTokens),
    // A recorded cost of 0 is a missing price.
    usd: column(({ costUsd }) => (costUsd === 0 ? null : costUsd)),
    accuracy: column(({ task, model }) => solved.get(cell(task, model)) ?? null),
  }
}
