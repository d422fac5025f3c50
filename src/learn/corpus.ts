import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { csvParse } from 'd3-dsv'
import { z } from 'zod'
import { KnownError } from '../errors.ts'
import { checkShape, parseJson } from '../json.ts'

/** A task of the corpus: an issue, and the commit it was written against. */
const CorpusTask = z.object({
  instance_id: z.string(),
  repo: z.string(),
  base_commit: z.string(),
  problem_statement: z.string(),
})
export type CorpusTask = z.infer<typeof CorpusTask>

const Identified = CorpusTask.pick({ instance_id: true })

/** The fixed folds of the benchmark: task ids per fold. */
const Folds = z.object({
  'task-cv': z.array(z.array(z.string())),
  'repo-out': z.array(z.array(z.string())),
})
export type Folds = z.infer<typeof Folds>

export type CsvRow = Readonly<Record<string, string>>

/** The public corpus of agent runs, read from its folder. */
export interface Corpus {
  readonly folds: Folds
  /** The tasks of the folds, by id. */
  readonly tasks: readonly CorpusTask[]
  readonly means: readonly CsvRow[]
  readonly splits: readonly CsvRow[]
  readonly runs: readonly CsvRow[]
}

/** @throws KnownError file-not-found, data-malformed */
export async function readCorpus(folder: string): Promise<Corpus> {
  const folds = await readFolds(join(folder, 'folds.json'))
  const wanted = new Set(folds['task-cv'].flat())
  const lines = (await unzip(join(folder, 'tasks.jsonl.gz'))).trimEnd().split('\n')
  const tasks = lines.flatMap((line, index) => {
    const where = `tasks.jsonl.gz line ${index + 1}`
    const parsed = parseJson(line, where, 'data-malformed')
    const { instance_id: id } = checkShape(Identified, parsed, where, 'data-malformed')
    return wanted.has(id) ? [checkShape(CorpusTask, parsed, where, 'data-malformed')] : []
  })
  const found = new Set(tasks.map(({ instance_id }) => instance_id))
  const lacking = [...wanted].find((id) => !found.has(id))
  if (lacking !== undefined) throw new KnownError('data-malformed', `tasks.jsonl.gz has no task ${lacking}`)
  return {
    folds,
    tasks: tasks.sort((a, b) => (a.instance_id < b.instance_id ? -1 : 1)),
    means: await readTable(join(folder, 'task_means.csv.gz')),
    splits: await readTable(join(folder, 'spend_splits.csv.gz')),
    runs: await readTable(join(folder, 'runs.csv.gz')),
  }
}

/** @throws KnownError file-not-found, data-malformed */
export async function readFolds(file: string): Promise<Folds> {
  const text = await readFile(file, 'utf8').catch(missing(file))
  return checkShape(Folds, parseJson(text, file, 'data-malformed'), file, 'data-malformed')
}

/** @throws KnownError file-not-found, data-malformed */
export async function readTable(file: string): Promise<readonly CsvRow[]> {
  return csvParse(await unzip(file))
}

async function unzip(file: string): Promise<string> {
  const bytes = await readFile(file).catch(missing(file))
  try {
    return gunzipSync(bytes).toString('utf8')
  } catch (cause) {
    throw new KnownError('data-malformed', `${file} is not a whole gzip file`, { cause })
  }
}

function missing(file: string) {
  return (cause: unknown): never => {
    throw new KnownError('file-not-found', file, { cause })
  }
}
