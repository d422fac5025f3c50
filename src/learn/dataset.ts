import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type CachingRow, parseCaching } from './corpus-caching.ts'
import { parseSpend, type SpendRow } from './spend.ts'
import { parseTasks, type TaskRow } from './tables.ts'

/** An agent with a model: what a forecast is for. */
export interface Pair {
  readonly agent: string
  readonly model: string
}

/** What a bundle is made from: tasks as numbers, and what was spent on them. */
export interface Dataset {
  readonly tasks: readonly TaskRow[]
  readonly pairs: readonly Pair[]
  /** By pair (its index), by task (its index); absent = not run. */
  readonly spend: readonly ReadonlyMap<number, SpendRow>[]
  /** How each pair's input was cached, in the order of the pairs; undefined = not known. */
  readonly caching: readonly (CachingRow | undefined)[]
  /** SHA-256 over the tables, in hex. */
  readonly hash: string
}

const TABLES = ['tasks.csv', 'grams.csv', 'spend.csv', 'caching.csv'] as const

/** Reads the tables of `folder`. @throws KnownError file-not-found, data-malformed */
export async function readDataset(folder: string): Promise<Dataset> {
  const texts = await Promise.all(TABLES.map((name) => readTable(join(folder, name))))
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text)
  const [tasks, grams, spend, caching] = texts as [string, string, string, string]
  const rows = parseCaching(caching)
  const { pairs, ...rest } = assemble(parseTasks(tasks, grams), parseSpend(spend))
  const ofPair = ({ agent, model }: Pair) => rows.find((row) => row.agent === agent && row.model === model)
  return { ...rest, pairs, caching: pairs.map(ofPair), hash: hash.digest('hex') }
}

async function readTable(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KnownError('file-not-found', file, { cause })
  })
}

function assemble(tasks: readonly TaskRow[], rows: readonly SpendRow[]) {
  const index = new Map(tasks.map(({ id }, at) => [id, at]))
  if (index.size < tasks.length) throw new KnownError('data-malformed', 'tasks.csv has a task twice')
  const byPair = new Map<string, { pair: Pair; rows: Map<number, SpendRow> }>()
  for (const row of rows) {
    const task = index.get(row.task)
    if (task === undefined)
      throw new KnownError('data-malformed', `spend.csv has ${row.task}, tasks.csv has not`)
    const key = `${row.agent} ${row.model}`
    const entry = byPair.get(key) ?? { pair: { agent: row.agent, model: row.model }, rows: new Map() }
    if (entry.rows.has(task)) throw new KnownError('data-malformed', `spend.csv has ${row.task} ${key} twice`)
    entry.rows.set(task, row)
    byPair.set(key, entry)
  }
  const entries = [...byPair.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  return { tasks, pairs: entries.map(({ pair }) => pair), spend: entries.map((entry) => entry.rows) }
}

/** The same tasks with token counts from elsewhere; tasks the tables lack are left out. */
export function withSpend(dataset: Dataset, rows: readonly SpendRow[]): Dataset {
  const known = new Set(dataset.tasks.map(({ id }) => id))
  const { pairs, ...rest } = assemble(
    dataset.tasks,
    rows.filter(({ task }) => known.has(task)),
  )
  const caching = pairs.map(({ agent, model }) =>
    dataset.caching.find((row) => row?.agent === agent && row.model === model),
  )
  return { ...rest, pairs, caching, hash: dataset.hash }
}

/** The two quantities that are learnt; everything else follows from them. */
export const QUANTITIES = ['output', 'total'] as const
export type Quantity = (typeof QUANTITIES)[number]

export const tokensOf = (row: SpendRow, quantity: Quantity): number =>
  quantity === 'output' ? row.outputTokens : row.inputTokens + row.outputTokens

/** log10 tokens, tasks × pairs, NaN = not run. Row-major. */
export function targetsOf({ tasks, pairs, spend }: Dataset, quantity: Quantity): Float64Array {
  const values = new Float64Array(tasks.length * pairs.length).fill(Number.NaN)
  for (const [p, rows] of spend.entries()) {
    for (const [t, row] of rows) values[t * pairs.length + p] = Math.log10(tokensOf(row, quantity))
  }
  return values
}
