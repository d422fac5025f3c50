import {
  BAG_GROUPS,
  type BagGroup,
  type DenseGroup,
  EXTRACTORS,
  type Features,
  featureNames,
} from '../features/features.ts'
import { type Bag, GRAM_BUCKETS } from '../features/grams.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'

/**
 * How much a group of features counts in the distance between two tasks. Groups not named are not used. Equal weight
 * for each group, not for each feature, keeps a long list of alike features from drowning a short one.
 */
export interface GroupWeights {
  readonly dense: Readonly<Partial<Record<DenseGroup, number>>>
  readonly repository: number
  readonly bags: Readonly<Record<BagGroup, number>>
}

/**
 * The map from a task's features to one wide sparse row: scaled dense columns, one column per known repository, and the
 * two bags of grams. Plain JSON. Columns: dense | repositories | text | title.
 */
export interface Encoding {
  readonly weights: GroupWeights
  /** Per dense group, per feature: mean and standard deviation over the training tasks. */
  readonly scales: Readonly<Partial<Record<DenseGroup, readonly (readonly [mean: number, sd: number])[]>>>
  /** Names of the columns of each group. */
  readonly columns: Readonly<Partial<Record<DenseGroup, readonly string[]>>>
  readonly repositories: readonly string[]
  /** Training tasks. */
  readonly documents: number
  /** Per bag: the buckets in use, rising, and in how many training tasks each occurs. */
  readonly buckets: Readonly<Record<BagGroup, readonly (readonly [bucket: number, documents: number])[]>>
}

export interface EncodedTask {
  readonly features: Features
  readonly repository: string | null
}

/** Standard deviations beyond which a feature counts no further: one odd file must not decide a forecast. */
const CLIP = 4
/** A gram seen in one task says nothing about another. */
const MIN_DOCUMENTS = 2

/** The dense groups in use, in the order of the columns. */
export const usedGroups = (weights: GroupWeights): readonly DenseGroup[] =>
  (Object.keys(EXTRACTORS) as DenseGroup[]).filter((group) => weights.dense[group] !== undefined)

/** Learns scales, repositories and frequencies from training tasks only. */
export function fitEncoding(tasks: readonly EncodedTask[], weights: GroupWeights): Encoding {
  const scales = usedGroups(weights).map((group) => {
    const columns = featureNames(group).map((_, j) =>
      tasks.map(({ features }) => features.dense[group][j] ?? null),
    )
    return [group, columns.map(scaleOf)] as const
  })
  const repositories = [...new Set(tasks.flatMap(({ repository }) => repository ?? []))].sort()
  const buckets = BAG_GROUPS.map((part) => [
    part,
    frequencies(tasks.map(({ features }) => features.bags[part])),
  ])
  return {
    weights,
    scales: Object.fromEntries(scales),
    columns: Object.fromEntries(usedGroups(weights).map((group) => [group, featureNames(group)])),
    repositories,
    documents: tasks.length,
    buckets: Object.fromEntries(buckets) as Encoding['buckets'],
  }
}

function scaleOf(values: readonly (number | null)[]): readonly [number, number] {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return [0, 1]
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length
  return [mean, variance > 1e-18 ? Math.sqrt(variance) : 1]
}

function frequencies(bags: readonly Bag[]): readonly (readonly [number, number])[] {
  const documents = new Map<number, number>()
  for (const bag of bags)
    for (const bucket of bag.keys()) documents.set(bucket, (documents.get(bucket) ?? 0) + 1)
  return [...documents].filter(([, count]) => count >= MIN_DOCUMENTS).sort(([a], [b]) => a - b)
}

/** An encoding made ready for use. */
export interface Encoder {
  readonly encoding: Encoding
  readonly columns: number
  /** Columns before the bags. */
  readonly denseColumns: number
  encode(task: EncodedTask): SparseVector
  /** Whether a piece of a word stood in two or more training tasks. */
  knowsGram(bucket: number): boolean
  /** Whether tasks of a repository, `owner/name` in any case, were trained on. */
  knowsRepository(name: string | null): boolean
}

export function encoderOf(encoding: Encoding): Encoder {
  const groups = usedGroups(encoding.weights)
  const dense = groups.reduce((sum, group) => sum + (encoding.scales[group]?.length ?? 0), 0)
  const denseColumns = dense + encoding.repositories.length
  const bags = BAG_GROUPS.map((part) => bagTable(encoding, part))
  const columns = denseColumns + bags.reduce((sum, { used }) => sum + used, 0)
  const repositories = new Map(encoding.repositories.map((name, index) => [name.toLowerCase(), index]))
  const repositoryIndex = (name: string | null) => repositories.get(name?.toLowerCase() ?? '')
  const text = bags[BAG_GROUPS.indexOf('text')] as BagTable
  const encode = (task: EncodedTask): SparseVector => {
    const { bags: words } = task.features
    const row = new RowWriter(denseColumns + BAG_GROUPS.reduce((sum, part) => sum + words[part].size, 0))
    encodeDense(encoding, groups, task, row)
    const known = repositoryIndex(task.repository)
    if (known !== undefined) row.add(dense + known, Math.sqrt(encoding.weights.repository))
    let start = denseColumns
    for (const [index, part] of BAG_GROUPS.entries()) {
      const table = bags[index] as BagTable
      encodeBag(words[part], table, start, row)
      start += table.used
    }
    return row.finish()
  }
  return {
    encoding,
    columns,
    denseColumns,
    encode,
    knowsGram: (bucket) => isUsed(text, bucket),
    knowsRepository: (name) => repositoryIndex(name) !== undefined,
  }
}

/** Collects the cells of one row, by rising column. */
class RowWriter {
  readonly #indices: Int32Array
  readonly #values: Float64Array
  #length = 0

  constructor(most: number) {
    this.#indices = new Int32Array(most)
    this.#values = new Float64Array(most)
  }

  add(column: number, value: number): void {
    this.#indices[this.#length] = column
    this.#values[this.#length++] = value
  }

  finish(): SparseVector {
    return {
      indices: this.#indices.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    }
  }
}

function encodeDense(
  { weights, scales }: Encoding,
  groups: readonly DenseGroup[],
  { features }: EncodedTask,
  row: RowWriter,
): void {
  let column = 0
  for (const group of groups) {
    const scale = scales[group] ?? []
    const factor = Math.sqrt((weights.dense[group] ?? 0) / scale.length)
    for (const [j, [mean, sd]] of scale.entries()) {
      const value = features.dense[group][j] ?? null
      // A feature that cannot be had stands at the mean: it says nothing either way.
      if (value !== null) row.add(column, factor * Math.min(CLIP, Math.max(-CLIP, (value - mean) / sd)))
      column++
    }
  }
}

interface BagTable {
  /** idf by bucket; 0 = not in use. */
  readonly idf: Float64Array
  readonly column: Int32Array
  readonly used: number
  /** Length of the encoded bag. */
  readonly length: number
}

function bagTable({ buckets, documents, weights }: Encoding, part: BagGroup): BagTable {
  const idf = new Float64Array(GRAM_BUCKETS)
  const column = new Int32Array(GRAM_BUCKETS)
  for (const [index, [bucket, count]] of buckets[part].entries()) {
    idf[bucket] = Math.log((1 + documents) / (1 + count)) + 1
    column[bucket] = index
  }
  return { idf, column, used: buckets[part].length, length: Math.sqrt(weights.bags[part]) }
}

const isUsed = ({ idf }: BagTable, bucket: number): boolean => (idf[bucket] ?? 0) > 0

/** tf-idf with logarithmic counts, scaled to one length whatever the bag holds (Salton and Buckley 1988). */
function encodeBag(bag: Bag, table: BagTable, start: number, row: RowWriter): void {
  const { idf, column, length } = table
  const used = Int32Array.from(bag.keys())
    .filter((bucket) => isUsed(table, bucket))
    .sort()
  const values = new Float64Array(used.length)
  let squares = 0
  for (let k = 0; k < used.length; k++) {
    const bucket = used[k] as number
    const value = (1 + Math.log(bag.get(bucket) as number)) * (idf[bucket] as number)
    squares += value * value
    values[k] = value
  }
  const scale = length / Math.sqrt(squares)
  for (let k = 0; k < used.length; k++) {
    row.add(start + (column[used[k] as number] as number), (values[k] as number) * scale)
  }
}
