import { KnownError } from '../errors.ts'
import type { Corpus, CsvRow } from './corpus.ts'
import type { SpendPart, SpendRow } from './spend.ts'

/** The two sources whose licences allow derived numbers to be shipped; `data/README.md` names them. */
const MEANS_SOURCE = 'spend_openhands'
const RUNS_SOURCE = 'mini_gemini3_traj'

/** Normal names of the agent and model of the single runs. */
const RUNS_AGENT = 'mini-swe-agent'
const RUNS_MODEL = 'gemini-3-pro'

/** What the corpus records for the tasks of its folds, sorted by agent, model and task. */
export function spendOf(corpus: Corpus): readonly SpendRow[] {
  const known = new Set(corpus.tasks.map(({ instance_id }) => instance_id))
  const asked = (row: CsvRow, source: string) => row.source === source && known.has(row.instance_id ?? '')
  const splits = byCell(corpus.splits)
  const successes = byCell(corpus.means.filter((row) => row.aggregate === 'mean_of_successful_runs'))
  const means = corpus.means
    .filter((row) => asked(row, MEANS_SOURCE) && row.aggregate === 'mean_of_4_runs')
    .map((row) => meanRow(row, splits.get(cell(row)), successes.get(cell(row))))
  const singles = corpus.runs.filter((row) => asked(row, RUNS_SOURCE)).map(singleRow)
  const key = ({ agent, model, task }: SpendRow) => `${agent} ${model} ${task}`
  return [...means, ...singles].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

const cell = (row: CsvRow): string => `${row.instance_id} ${row.model}`
const byCell = (rows: readonly CsvRow[]): ReadonlyMap<string, CsvRow> =>
  new Map(rows.map((row) => [cell(row), row]))

function meanRow(row: CsvRow, split: CsvRow | undefined, success: CsvRow | undefined): SpendRow {
  const inputTokens = needed(row, 'input_tokens_mean')
  return {
    task: row.instance_id ?? '',
    agent: row.agent ?? '',
    model: row.model ?? '',
    runs: 4,
    inputTokens,
    outputTokens: needed(row, 'output_tokens_mean'),
    cacheReadTokens: null,
    // Calls are recorded for the successful runs only; they stand for the task where all four succeeded.
    calls: split?.n_success_of_4 === '4' ? optional(success?.calls_mean) : null,
    resolved: split?.confidence === 'exact' ? optional(split.n_success_of_4) : null,
    succeeded: part(split?.success_mean_input, split?.success_mean_output),
    failed: part(split?.fail_mean_input, split?.fail_mean_output),
    selfInputTokens: optional(row.self_pred_input),
    selfOutputTokens: optional(row.self_pred_output),
  }
}

function singleRow(row: CsvRow): SpendRow {
  return {
    task: row.instance_id ?? '',
    agent: RUNS_AGENT,
    model: RUNS_MODEL,
    runs: 1,
    inputTokens: needed(row, 'input_tokens'),
    outputTokens: needed(row, 'output_tokens'),
    cacheReadTokens: optional(row.cache_read_tokens),
    calls: optional(row.calls),
    resolved: optional(row.resolved),
    succeeded: null,
    failed: null,
    selfInputTokens: null,
    selfOutputTokens: null,
  }
}

const optional = (text: string | undefined): number | null =>
  text === undefined || text === '' ? null : Number(text)

/** A blank is not 0. @throws KnownError data-malformed */
function needed(row: CsvRow, column: string): number {
  const value = Number(row[column])
  if (row[column] && value > 0) return value
  throw new KnownError(
    'data-malformed',
    `${column} of ${cell(row)} is ${JSON.stringify(row[column] ?? null)}`,
  )
}

function part(input: string | undefined, output: string | undefined): SpendPart | null {
  const [inputTokens, outputTokens] = [optional(input), optional(output)]
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens }
}
