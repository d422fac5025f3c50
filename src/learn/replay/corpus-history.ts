import { extractFeatures } from '../../features/features.ts'
import { agentKey } from '../../forecast/pair.ts'
import { seededRandom, shuffled } from '../../regress/random.ts'
import type { CsvRow } from '../corpus.ts'
import type { Dataset } from '../dataset.ts'
import type { OwnHistory, OwnRun, OwnTask } from '../own/history.ts'

/** Single runs of the corpus that can be replayed. */
export const REPLAYED = ['mini_gemini3_traj', 'acr', 'swe_effi', 'msb_java', 'tb_leaderboard'] as const
export type Replayed = (typeof REPLAYED)[number]

/** An issue of the corpus. */
export interface CorpusIssue {
  readonly title: string
  readonly body: string
  readonly repository: string | null
}

export interface CorpusRuns {
  readonly source: Replayed
  readonly rows: readonly CsvRow[]
  readonly issues: ReadonlyMap<string, CorpusIssue>
  /** What the tables know of tasks: features with a repository read. */
  readonly dataset: Dataset
}

const HOUR_MS = 3_600_000
const BEGAN_MS = Date.parse('2026-01-01T00:00:00Z')

/**
 * The runs of a source as if they had come one an hour, in an order drawn by a seed: the sources do not tell when. Runs
 * without counts are left out, those that a limit on cost ended tell "at least".
 */
export function corpusHistory(corpus: CorpusRuns, seed: number): OwnHistory {
  const { source, rows, issues, dataset } = corpus
  const known = new Map(dataset.tasks.map(({ id, features }) => [id, features]))
  const told = rows.filter(
    (row) => row.source === source && count(row, 'input_tokens') && count(row, 'output_tokens'),
  )
  const ids = new Set(replayedTasks(corpus))
  const [tasks, taskAt] = [[] as OwnTask[], new Map<string, number>()]
  const [pairs, pairAt] = [[] as OwnHistory['pairs'][number][], new Map<string, number>()]
  const order = shuffled(
    told.filter(({ instance_id = '' }) => ids.has(instance_id)),
    seededRandom(seed),
  )
  const runs = order.map((row, i): OwnRun => {
    const { instance_id: id = '', model = '' } = row
    const agent = agentKey(row.agent ?? '')
    const task = placeOf(taskAt, id, () => tasks.push(ownTask(id, issues.get(id), known.get(id))))
    const pair = placeOf(pairAt, `${agent} ${model}`, () => pairs.push({ agent, model }))
    return ownRun(row, { task, pair, atMs: BEGAN_MS + i * HOUR_MS })
  })
  return { tasks, pairs, runs }
}

/** Tasks that are replayed. Of the one source that the tables hold it is every second: the others are trained on. */
export function replayedTasks({ source, rows }: Pick<CorpusRuns, 'source' | 'rows'>): readonly string[] {
  const own = rows.filter((row) => row.source === source)
  const ids = [...new Set(own.map(({ instance_id = '' }) => instance_id))].sort()
  return source === 'mini_gemini3_traj' ? ids.filter((_, i) => i % 2 === 0) : ids
}

/** Its place; made by `add`, which gives the length then. */
function placeOf(places: Map<string, number>, key: string, add: () => number): number {
  const known = places.get(key)
  if (known !== undefined) return known
  const place = add() - 1
  places.set(key, place)
  return place
}

/** Of a task in the tables what they hold; of any other what its text alone tells. */
function ownTask(
  id: string,
  issue: CorpusIssue | undefined,
  inTables: Dataset['tasks'][number]['features'] | undefined,
): OwnTask {
  if (issue === undefined) return { id, repository: null, features: () => null, fingerprint: null }
  const text = extractFeatures(issue, null)
  const features = inTables === undefined ? text : { ...inTables, fingerprint: text.fingerprint }
  return { id, repository: issue.repository, features: () => features, fingerprint: text.fingerprint }
}

const count = (row: CsvRow, column: string): number => Number(row[column] ?? '')

function ownRun(row: CsvRow, places: Pick<OwnRun, 'task' | 'pair' | 'atMs'>): OwnRun {
  const [input, output] = [count(row, 'input_tokens'), count(row, 'output_tokens')]
  const share = (column: string) => (row[column] ? count(row, column) / input : null)
  return {
    ...places,
    output: Math.log10(output),
    total: Math.log10(input + output),
    telling: /exit_cost/.test(row.exit_status ?? '') ? 'at-least' : 'whole',
    trust: 1,
    cacheReadShare: share('cache_read_tokens'),
    cacheWriteShare: share('cache_write_tokens'),
    calls: row.calls ? count(row, 'calls') : null,
    resolved: row.resolved ? count(row, 'resolved') > 0 : null,
    infraError: false,
  }
}
