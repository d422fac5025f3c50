import { KnownError } from '../errors.ts'
import type { CsvRow } from './corpus.ts'
import type { SpendPart } from './spend.ts'

/** What one model spent on one task, as a mean of runs, beside what it had forecast of itself. Null = not told. */
export interface TaskMean {
  readonly benchmark: string
  readonly task: string
  readonly agent: string
  readonly model: string
  /** Of all four runs, or of those that resolved the task. */
  readonly over: 'all' | 'resolved'
  /** Cached tokens included. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly calls: number | null
  readonly costUsd: number | null
  /** The mean of three forecasts. */
  readonly selfInputTokens: number | null
  readonly selfOutputTokens: number | null
  /** What making that forecast cost, in dollars. */
  readonly selfCostUsd: number | null
}

const OVER: Readonly<Record<string, TaskMean['over']>> = {
  mean_of_4_runs: 'all',
  mean_of_successful_runs: 'resolved',
}

/** `task_means.csv`. @throws KnownError `data-malformed`, naming line and column */
export function taskMeansOf(rows: readonly CsvRow[]): readonly TaskMean[] {
  return rows.map((row, i) => {
    const cells = cellsOf(row, `task_means.csv line ${i + 2}`)
    const over = OVER[cells.text('aggregate')]
    if (over === undefined) throw cells.wrong('aggregate')
    return {
      benchmark: cells.text('benchmark'),
      task: cells.text('instance_id'),
      agent: cells.text('agent'),
      model: cells.text('model'),
      over,
      inputTokens: cells.needed('input_tokens_mean'),
      outputTokens: cells.needed('output_tokens_mean'),
      calls: cells.figure('calls_mean'),
      costUsd: cells.figure('cost_usd_mean'),
      selfInputTokens: cells.figure('self_pred_input'),
      selfOutputTokens: cells.figure('self_pred_output'),
      selfCostUsd: cells.figure('self_pred_cost'),
    }
  })
}

/** How the four runs of one model on one task fell into resolved and failed ones. Null = there are none. */
export interface SpendSplit {
  readonly task: string
  readonly model: string
  /** Of four. */
  readonly resolved: number
  /** False: worked out, and another number fits nearly as well. */
  readonly isExact: boolean
  readonly succeeded: SpendPart | null
  readonly failed: SpendPart | null
}

/** `spend_splits.csv`. @throws KnownError `data-malformed`, naming line and column */
export function spendSplitsOf(rows: readonly CsvRow[]): readonly SpendSplit[] {
  return rows.map((row, i) => {
    const cells = cellsOf(row, `spend_splits.csv line ${i + 2}`)
    return {
      task: cells.text('instance_id'),
      model: cells.text('model'),
      resolved: cells.needed('n_success_of_4'),
      isExact: cells.text('confidence') === 'exact',
      succeeded: part(cells.figure('success_mean_input'), cells.figure('success_mean_output')),
      failed: part(cells.figure('fail_mean_input'), cells.figure('fail_mean_output')),
    }
  })
}

const part = (inputTokens: number | null, outputTokens: number | null): SpendPart | null =>
  inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens }

/** Reads the cells of a row. */
function cellsOf(row: CsvRow, where: string) {
  const wrong = (column: string) =>
    new KnownError('data-malformed', `${where}: ${column} is ${JSON.stringify(row[column] ?? null)}`, {
      fix: 'get the corpus anew',
    })
  const figure = (column: string): number | null => {
    const text = row[column]
    if (text === '') return null
    const value = Number(text)
    if (text !== undefined && Number.isFinite(value) && value >= 0) return value
    throw wrong(column)
  }
  return {
    wrong,
    figure,
    text(column: string): string {
      const text = row[column]
      if (text === undefined || text === '') throw wrong(column)
      return text
    },
    needed(column: string): number {
      const value = figure(column)
      if (value === null) throw wrong(column)
      return value
    },
  }
}
