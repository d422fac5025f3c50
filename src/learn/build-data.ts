import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { KnownError } from '../errors.ts'
import { extractFeatures } from '../features/features.ts'
import { issueFromJson } from '../task/issue-json.ts'
import { openOutlineCache } from '../task/outline-cache.ts'
import { openRepository } from '../task/repository.ts'
import { readSnapshot } from '../task/snapshot.ts'
import { type Corpus, type CorpusTask, readCorpus } from './corpus.ts'
import { cachingOf, formatCaching } from './corpus-caching.ts'
import { spendOf } from './corpus-spend.ts'
import { formatSpend } from './spend.ts'
import { formatGrams, formatTasks, type TaskRow } from './tables.ts'

/**
 * `npm run data:build -- --corpus DIR --repositories DIR`: makes the numeric tables of `data/` from the corpus and the
 * repositories at their base commits. `DIR/<owner>/<name>` is a work tree or bare repository; `--repository
 * owner/name=PATH` names one that lies elsewhere.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string', default: '../shared/corpus' },
      repositories: { type: 'string', default: '.foretoken/repositories' },
      repository: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: 'data' },
    },
  })
  const elsewhere = new Map(values.repository.map(namedPath))
  const corpus = await readCorpus(values.corpus)
  const place = (name: string) => elsewhere.get(name) ?? join(values.repositories, name)
  const tasks = await featurise(corpus, place)
  await mkdir(values.out, { recursive: true })
  await writeFile(join(values.out, 'tasks.csv'), formatTasks(tasks))
  await writeFile(join(values.out, 'grams.csv'), formatGrams(tasks))
  await writeFile(join(values.out, 'spend.csv'), formatSpend(spendOf(corpus)))
  await writeFile(join(values.out, 'caching.csv'), formatCaching(cachingOf(corpus)))
  await writeFile(join(values.out, 'folds.json'), `${JSON.stringify(corpus.folds, null, 1)}\n`)
}

function namedPath(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new KnownError('usage', `--repository ${text}`, { fix: 'write owner/name=PATH' })
  return [text.slice(0, at), text.slice(at + 1)]
}

async function featurise(corpus: Corpus, place: (name: string) => string): Promise<readonly TaskRow[]> {
  const cache = openOutlineCache('.foretoken/cache')
  const rows: TaskRow[] = []
  try {
    for (const task of corpus.tasks) {
      rows.push(await featuriseTask(task, place(task.repo), cache))
      if (process.stderr.isTTY) process.stderr.write(`\r${rows.length} of ${corpus.tasks.length} tasks`)
    }
  } finally {
    cache.close()
  }
  return rows
}

async function featuriseTask(
  task: CorpusTask,
  path: string,
  cache: ReturnType<typeof openOutlineCache>,
): Promise<TaskRow> {
  const { issue } = issueFromJson({ problem_statement: task.problem_statement }, { kind: 'text' })
  const repository = await openRepository(path, task.base_commit)
  const snapshot = await readSnapshot(repository, cache)
  return {
    id: task.instance_id,
    repository: task.repo,
    commit: task.base_commit,
    features: extractFeatures(issue, snapshot),
  }
}

await main()
