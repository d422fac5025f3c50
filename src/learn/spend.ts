import { csvFormatRows, csvParse } from 'd3-dsv'
import { KnownError } from '../errors.ts'

/** What one (task, agent, model) spent: the mean of `runs` runs. Null = not recorded. */
export interface SpendRow {
  readonly task: string
  readonly agent: string
  readonly model: string
  readonly runs: number
  /** All input tokens, cached ones too. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number | null
  readonly calls: number | null
  /** Runs that resolved the task. */
  readonly resolved: number | null
  /** Means over the runs that failed, for the noise between runs. */
  readonly failed: SpendPart | null
  readonly succeeded: SpendPart | null
  /** What the model itself had forecast: mean of three forecasts. */
  readonly selfInputTokens: number | null
  readonly selfOutputTokens: number | null
}

export interface SpendPart {
  readonly inputTokens: number
  readonly outputTokens: number
}

const COLUMNS = [
  'task',
  'agent',
  'model',
  'runs',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'calls',
  'resolved',
  'succeeded_input_tokens',
  'succeeded_output_tokens',
  'failed_input_tokens',
  'failed_output_tokens',
  'self_input_tokens',
  'self_output_tokens',
] as const
type Column = (typeof COLUMNS)[number]

/** `spend.csv`. */
export function formatSpend(rows: readonly SpendRow[]): string {
  return `${csvFormatRows([[...COLUMNS], ...rows.map(cells)])}\n`
}

function cells(row: SpendRow): string[] {
  const numbers = [
    row.runs,
    row.inputTokens,
    row.outputTokens,
    row.cacheReadTokens,
    row.calls,
    row.resolved,
    row.succeeded?.inputTokens ?? null,
    row.succeeded?.outputTokens ?? null,
    row.failed?.inputTokens ?? null,
    row.failed?.outputTokens ?? null,
    row.selfInputTokens,
    row.selfOutputTokens,
  ]
  return [
    row.task,
    row.agent,
    row.model,
    ...numbers.map((value) => (value === null ? '' : String(round(value)))),
  ]
}

const round = (value: number): number => Number(value.toFixed(2))

/** @throws KnownError data-malformed */
export function parseSpend(csv: string): readonly SpendRow[] {
  const rows = csvParse(csv)
  const lacking = COLUMNS.find((column) => !rows.columns.includes(column))
  if (lacking !== undefined) throw new KnownError('data-malformed', `spend.csv has no column ${lacking}`)
  return rows.map((cells, index) => parseRow(cells as Readonly<Record<Column, string>>, index + 2))
}

function parseRow(cells: Readonly<Record<Column, string>>, line: number): SpendRow {
  const number = (column: Column): number | null => {
    const cell = cells[column]
    if (cell === '') return null
    const value = Number(cell)
    if (cell === undefined || !Number.isFinite(value) || value < 0) {
      throw new KnownError('data-malformed', `spend.csv line ${line}: ${column} is ${JSON.stringify(cell)}`)
    }
    return value
  }
  const needed = (column: Column): number => {
    const value = number(column)
    if (value === null) throw new KnownError('data-malformed', `spend.csv line ${line}: ${column} is blank`)
    // A run that spent nothing did not happen, and has no logarithm.
    if (value === 0) throw new KnownError('data-malformed', `spend.csv line ${line}: ${column} is 0`)
    return value
  }
  const part = (kind: 'failed' | 'succeeded'): SpendPart | null => {
    const inputTokens = number(`${kind}_input_tokens`)
    const outputTokens = number(`${kind}_output_tokens`)
    return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens }
  }
  return {
    task: cells.task,
    agent: cells.agent,
    model: cells.model,
    runs: needed('runs'),
    inputTokens: needed('input_tokens'),
    outputTokens: needed('output_tokens'),
    cacheReadTokens: number('cache_read_tokens'),
    calls: number('calls'),
    resolved: number('resolved'),
    succeeded: part('succeeded'),
    failed: part('failed'),
    selfInputTokens: number('self_input_tokens'),
    selfOutputTokens: number('self_output_tokens'),
  }
}

/** What the model had forecast for itself; null where it was not asked, or answered nothing. */
export function selfForecastOf(row: SpendRow): { outputTokens: number; totalTokens: number } | null {
  const { selfInputTokens: input, selfOutputTokens: output } = row
  if (input === null || output === null || !(output > 0) || !(input > 0)) return null
  return { outputTokens: output, totalTokens: input + output }
}
