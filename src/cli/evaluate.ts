import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { readCorpus, readFolds } from '../learn/corpus.ts'
import { spendOf } from '../learn/corpus-spend.ts'
import { type Dataset, readDataset, targetsOf, withSpend } from '../learn/dataset.ts'
import { type EvaluationFolds, evaluate } from '../learn/evaluate.ts'
import { foldsOf } from '../learn/folds.ts'
import { compareRegressors } from '../learn/regressors.ts'
import {
  evaluationMarkdown,
  evaluationText,
  regressorsMarkdown,
  regressorsText,
} from '../report/evaluation.ts'
import type { Format } from '../settings.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { withFormats } from './options.ts'
import { inSteps } from './progress.ts'

const Options = z.object({
  corpus: z.string().optional(),
  data: z.string(),
  regressors: z.boolean().default(false),
})

/** The tables that ship with the package. */
export const DATA_FOLDER = resolve(import.meta.dirname, '../../data')

/** `foretoken evaluate`: how good the forecasts are on tasks the forecaster has not seen. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json', 'markdown')
    .option('--corpus <folder>', 'take folds and token counts from a corpus instead of the shipped tables')
    .option('--regressors', 'compare regressors on the same features and folds instead')
    .option('--data <folder>', 'the tables of features', DATA_FOLDER)
  act(command, run)
}

async function run({ app, format, options }: Invocation): Promise<number> {
  const { corpus, data, regressors } = Options.parse(options)
  const folder = resolve(app.cwd, data)
  const [shipped, source] = await Promise.all([
    readDataset(folder),
    corpus === undefined ? null : readCorpus(resolve(app.cwd, corpus)),
  ])
  const dataset = source === null ? shipped : withSpend(shipped, spendOf(source))
  const ids = source === null ? await readFolds(join(folder, 'folds.json')) : source.folds
  const folds = { taskCv: foldsOf(dataset, ids['task-cv']), repoOut: foldsOf(dataset, ids['repo-out']) }
  if (regressors) return compare(app, format, dataset, folds)
  const evaluation = await inSteps(app, 'evaluating', (onStep) => evaluate(dataset, folds, onStep))
  if (format === 'json') app.print(`${JSON.stringify(evaluation, null, 2)}\n`)
  else app.print(format === 'markdown' ? evaluationMarkdown(evaluation) : evaluationText(evaluation))
  return EXIT.ok
}

/** `--regressors`: the estimators of the package side by side. */
async function compare(app: App, format: Format, dataset: Dataset, folds: EvaluationFolds): Promise<number> {
  const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
  const results = await compareRegressors(dataset, targets, folds, (name) => {
    app.signal.throwIfAborted()
    if (app.stderrIsTty) app.note(`${name} done\n`)
  })
  if (format === 'json') app.print(`${JSON.stringify({ schema: 'regressors/1', results }, null, 2)}\n`)
  else app.print(format === 'markdown' ? regressorsMarkdown(results) : regressorsText(results))
  return EXIT.ok
}
