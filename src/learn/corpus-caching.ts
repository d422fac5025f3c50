import { csvFormatRows, csvParse } from 'd3-dsv'
import { KnownError } from '../errors.ts'
import type { Corpus, CsvRow } from './corpus.ts'

/** How a pair's input splits between fresh, cache read and cache write; null = not recorded. */
export interface CachingRow {
  readonly agent: string
  readonly model: string
  readonly cacheReadShare: number | null
  readonly cacheWriteShare: number | null
  /** How it was found. */
  readonly method: string
}

/**
 * Dollars per million tokens at which the recorded costs were billed (the makers' list prices of November 2025). Where
 * a recorded cost equals the full input rate no cache was billed, and the share stays unknown.
 */
const BILLED: Readonly<
  Record<string, { input: number; read: number; write: number | null; output: number }>
> = {
  'gpt-5': { input: 1.25, read: 0.125, write: null, output: 10 },
  'kimi-k2': { input: 0.6, read: 0.15, write: null, output: 2.5 },
  'claude-3-7-sonnet': { input: 3, read: 0.3, write: 3.75, output: 15 },
  'claude-sonnet-4': { input: 3, read: 0.3, write: 3.75, output: 15 },
  'claude-sonnet-4-5': { input: 3, read: 0.3, write: 3.75, output: 15 },
}

/** The median split per pair. Recorded Anthropic costs bill a cache write as input and again as a write; that is undone. */
export function cachingOf(corpus: Corpus): readonly CachingRow[] {
  const means = corpus.means.filter((row) => row.aggregate === 'mean_of_4_runs')
  const models = [...new Set(means.map(({ model = '' }) => model))].sort()
  const rows = models.map((model): CachingRow => {
    const read = median(means.filter((row) => row.model === model).flatMap(readShare))
    if (read === null) {
      return {
        agent: 'openhands',
        model,
        cacheReadShare: null,
        cacheWriteShare: null,
        method: 'not recorded',
      }
    }
    const writes = BILLED[model]?.write != null
    const cacheWriteShare = writes ? 1 - read : 0
    return {
      agent: 'openhands',
      model,
      cacheReadShare: read,
      cacheWriteShare,
      method: 'solved from recorded cost',
    }
  })
  return [...rows, recordedShare(corpus)]
}

/** The share r of input read from cache that explains a recorded cost: cost = output + input · (r · read + (1 − r) · rest). */
function readShare(row: CsvRow): readonly number[] {
  const rates = BILLED[row.model ?? '']
  const [input, output, cost] = [
    Number(row.input_tokens_mean),
    Number(row.output_tokens_mean),
    row.cost_usd_mean,
  ]
  if (rates === undefined || cost === undefined || cost === '' || !(input > 0)) return []
  const rest = rates.input + (rates.write ?? 0)
  const perInput = (Number(cost) * 1e6 - output * rates.output) / input
  return [Math.min(1, Math.max(0, (rest - perInput) / (rest - rates.read)))]
}

function recordedShare({ runs }: Corpus): CachingRow {
  const shares = runs
    .filter((row) => row.source === 'mini_gemini3_traj' && row.cache_read_tokens !== '')
    .map((row) => Number(row.cache_read_tokens) / Number(row.input_tokens))
  const pair = { agent: 'mini-swe-agent', model: 'gemini-3-pro' }
  return { ...pair, cacheReadShare: median(shares), cacheWriteShare: 0, method: 'recorded' }
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? null : Number(middle.toFixed(4))
}

const COLUMNS = ['agent', 'model', 'cache_read_share', 'cache_write_share', 'method'] as const

/** `caching.csv`. */
export function formatCaching(rows: readonly CachingRow[]): string {
  const cells = rows.map(({ agent, model, cacheReadShare, cacheWriteShare, method }) => [
    agent,
    model,
    cacheReadShare === null ? '' : String(cacheReadShare),
    cacheWriteShare === null ? '' : String(Number(cacheWriteShare.toFixed(4))),
    method,
  ])
  return `${csvFormatRows([[...COLUMNS], ...cells])}\n`
}

/** @throws KnownError data-malformed */
export function parseCaching(csv: string): readonly CachingRow[] {
  const rows = csvParse(csv)
  const lacking = COLUMNS.find((column) => !rows.columns.includes(column))
  if (lacking !== undefined) throw new KnownError('data-malformed', `caching.csv has no column ${lacking}`)
  return rows.map((row, index) => ({
    agent: row.agent ?? '',
    model: row.model ?? '',
    cacheReadShare: share(row.cache_read_share, index),
    cacheWriteShare: share(row.cache_write_share, index),
    method: row.method ?? '',
  }))
}

function share(cell: string | undefined, index: number): number | null {
  if (cell === '') return null
  const value = Number(cell)
  if (cell === undefined || !(value >= 0 && value <= 1)) {
    throw new KnownError('data-malformed', `caching.csv line ${index + 2}: share ${JSON.stringify(cell)}`)
  }
  return value
}
