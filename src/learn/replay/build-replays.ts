import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { checkShape, parseJson } from '../../json.ts'
import { readTable } from '../corpus.ts'
import { readDataset } from '../dataset.ts'
import { type CorpusIssue, corpusHistory, REPLAYED, replayedTasks } from './corpus-history.ts'
import { formatCurves, learningCurve } from './learning-curve.ts'
import { replay } from './replay.ts'
import { replayBase } from './replay-base.ts'

/**
 * `npm run data:replays -- --corpus DIR`: lets the single runs of the corpus come one by one, in three orders, and writes how
 * far off each forecaster was to `data/replays.csv`. Takes some ten minutes.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string', default: '../shared/corpus' },
      out: { type: 'string', default: 'data' },
      orders: { type: 'string', default: '3' },
      source: { type: 'string', multiple: true, default: [...REPLAYED] },
    },
  })
  const [dataset, rows, issues] = await Promise.all([
    readDataset('data'),
    readTable(join(values.corpus, 'runs.csv.gz')),
    readIssues(join(values.corpus, 'tasks.jsonl.gz')),
  ])
  const points = []
  for (const source of REPLAYED.filter((name) => values.source.includes(name))) {
    const corpus = { source, rows, issues, dataset }
    const base = await replayBase(dataset, source, new Set(replayedTasks(corpus)))
    const orders = Array.from({ length: Number(values.orders) }, (_, k) =>
      replay(base, corpusHistory(corpus, k + 1)),
    )
    points.push(...learningCurve(source, orders))
    await writeFile(join(values.out, 'replays.csv'), formatCurves(points))
    process.stderr.write(`${source}: ${orders[0]?.length} runs\n`)
  }
}

const Issue = z.object({
  instance_id: z.string(),
  repo: z.string().nullish(),
  title: z.string().nullish(),
  problem_statement: z.string(),
})

/** @throws KnownError data-malformed */
export async function readIssues(file: string): Promise<ReadonlyMap<string, CorpusIssue>> {
  const lines = gunzipSync(await readFile(file))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return new Map(
    lines.map((line, index) => {
      const where = `${file} line ${index + 1}`
      const issue = checkShape(Issue, parseJson(line, where, 'data-malformed'), where, 'data-malformed')
      const repository = issue.repo ? issue.repo : null
      return [issue.instance_id, { title: issue.title ?? '', body: issue.problem_statement, repository }]
    }),
  )
}

if (import.meta.main) await main()
