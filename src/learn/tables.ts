import { csvFormatRows, csvParseRows } from 'd3-dsv'
import { KnownError } from '../errors.ts'
import {
  BAG_GROUPS,
  type BagGroup,
  type DenseGroup,
  EXTRACTORS,
  type Features,
  featureNames,
} from '../features/features.ts'
import { type Bag, GRAM_BUCKETS } from '../features/grams.ts'

/** A task as the tables hold it: numbers only, no text. */
export interface TaskRow {
  readonly id: string
  readonly repository: string
  readonly commit: string
  readonly features: Features
}

const GROUPS = Object.keys(EXTRACTORS) as readonly DenseGroup[]
const KEYS = ['task', 'repository', 'commit'] as const

/** Columns of `tasks.csv` after the keys: `group.feature`. */
const denseColumns = (): readonly string[] =>
  GROUPS.flatMap((group) => featureNames(group).map((name) => `${group}.${name}`))

/** Significant digits kept of a feature: more would only make the tables longer. */
const DIGITS = 6

/** `tasks.csv`: a row a task, a column a feature, blank = not to be had. */
export function formatTasks(tasks: readonly TaskRow[]): string {
  const rows = tasks.map(({ id, repository, commit, features }) => [
    id,
    repository,
    commit,
    ...GROUPS.flatMap((group) => features.dense[group].map(shortNumber)),
  ])
  return `${csvFormatRows([[...KEYS, ...denseColumns()], ...rows])}\n`
}

const shortNumber = (value: number | null): string =>
  value === null ? '' : String(Number(value.toPrecision(DIGITS)))

/** `grams.csv`: a row a task and part of its text; `bucket` or `bucket:count`, by rising bucket. */
export function formatGrams(tasks: readonly TaskRow[]): string {
  const rows = tasks.flatMap(({ id, features }) =>
    BAG_GROUPS.map((part) => [id, part, formatBag(features.bags[part])]),
  )
  return `${csvFormatRows([['task', 'part', 'grams'], ...rows])}\n`
}

function formatBag(bag: Bag): string {
  const entries = [...bag].sort(([a], [b]) => a - b)
  return entries.map(([bucket, count]) => (count === 1 ? String(bucket) : `${bucket}:${count}`)).join(' ')
}

/** @throws KnownError data-malformed, when the columns are not those of this version or a cell is no number */
export function parseTasks(tasksCsv: string, gramsCsv: string): readonly TaskRow[] {
  const [header = [], ...rows] = csvParseRows(tasksCsv)
  const expected = [...KEYS, ...denseColumns()]
  const wrong = expected.findIndex((name, index) => header[index] !== name)
  if (wrong >= 0 || header.length !== expected.length) {
    throw new KnownError(
      'data-malformed',
      `tasks.csv has column ${header[wrong] ?? header.length} where ${expected[wrong] ?? 'none'} should be`,
    )
  }
  const bags = parseGrams(gramsCsv)
  return rows.map((row, index) => {
    const where = `tasks.csv line ${index + 2}`
    if (row.length === header.length) return parseTask(row, bags, where)
    throw new KnownError('data-malformed', `${where}: ${row.length} cells, not ${header.length}`)
  })
}

function parseTask(row: readonly string[], bags: ReadonlyMap<string, Bag>, where: string): TaskRow {
  const [id = '', repository = '', commit = ''] = row
  let at = KEYS.length
  const dense = GROUPS.map((group) => {
    const values = featureNames(group).map((name) => parseCell(row[at++], `${where}: ${group}.${name}`))
    return [group, values] as const
  })
  const bag = (part: BagGroup): Bag => {
    const found = bags.get(`${id} ${part}`)
    if (!found) throw new KnownError('data-malformed', `grams.csv has no ${part} of ${id}`)
    return found
  }
  return {
    id,
    repository,
    commit,
    features: {
      dense: Object.fromEntries(dense) as unknown as Features['dense'],
      bags: { text: bag('text'), title: bag('title') },
      repository: true,
      fingerprint: null,
    },
  }
}

function parseCell(cell: string | undefined, where: string): number | null {
  if (cell === '') return null
  const value = Number(cell)
  if (cell === undefined || !Number.isFinite(value))
    throw new KnownError('data-malformed', `${where} is ${JSON.stringify(cell)}`)
  return value
}

function parseGrams(csv: string): ReadonlyMap<string, Bag> {
  const bags = new Map<string, Bag>()
  for (const [index, [id, part, grams = '']] of csvParseRows(csv).slice(1).entries()) {
    bags.set(`${id} ${part}`, parseBag(grams, `grams.csv line ${index + 2}`))
  }
  return bags
}

function parseBag(text: string, where: string): Bag {
  const bag = new Map<number, number>()
  for (const entry of text === '' ? [] : text.split(' ')) {
    const [, bucket, count = '1'] = /^(\d+)(?::([1-9]\d*))?$/.exec(entry) ?? []
    if (bucket === undefined || Number(bucket) >= GRAM_BUCKETS) {
      throw new KnownError('data-malformed', `${where}: ${JSON.stringify(entry)} is no bucket`)
    }
    bag.set(Number(bucket), Number(count))
  }
  return bag
}
