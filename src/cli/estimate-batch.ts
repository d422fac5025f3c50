import { ERRORS, EXIT, KnownError } from '../errors.ts'
import { type AskedTask, openWorkbench, type Workbench } from '../forecast/read-workbench.ts'
import type { Issue } from '../task/issue.ts'
import { calibrateFrom } from './calibrate.ts'
import type { Invocation } from './command-line.ts'
import type { EstimateOptions } from './estimate.ts'
import { progressBar } from './progress.ts'
import { type ListedTask, readTaskList, type TaskLine } from './task-list.ts'

/**
 * `estimate --batch`: one line out for each line in, in the same order. A line that cannot be answered costs only
 * itself: its place holds the error, and the command ends with exit code 2.
 */
export async function estimateBatch(call: Invocation, options: EstimateOptions): Promise<number> {
  const { app, settings, format } = call
  if (format !== 'jsonl') {
    throw new KnownError('usage', `--batch with --format ${format}`, { fix: 'add --format jsonl' })
  }
  const workbench = await openWorkbench(app, settings, { calibrate: calibrateFrom(app, settings) })
  const bar = progressBar(app, 'estimating')
  let done = 0
  let failed = 0
  try {
    for await (const listed of readTaskList(app, options.batch ?? '')) {
      const answer = await answerLine(call, options, workbench, listed)
      if ('error' in answer) failed++
      app.print(`${JSON.stringify(answer)}\n`)
      bar.count(++done)
    }
  } finally {
    bar.end()
    workbench.close()
  }
  if (failed > 0)
    app.note(`${failed} ${failed === 1 ? 'line' : 'lines'} could not be answered; see "error" there\n`)
  return failed > 0 ? EXIT.badInput : EXIT.ok
}

async function answerLine(
  call: Invocation,
  options: EstimateOptions,
  workbench: Workbench,
  { number, id, task }: ListedTask,
): Promise<object> {
  try {
    if (task instanceof KnownError) throw task
    const { forecasts } = await workbench.estimate(askedBy(task, call, options))
    return { schema: 'estimate/1', id, forecasts }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    const { code, detail, fix } = error
    return { schema: 'estimate/1', id, error: { code, title: ERRORS[code].title, detail, fix, line: number } }
  }
}

function askedBy(
  { line, issue }: { readonly line: TaskLine; readonly issue: Issue },
  { settings }: Invocation,
  options: EstimateOptions,
): AskedTask {
  const { repository } = line
  return {
    issue,
    repository: {
      name: repository?.name ?? options.repository ?? null,
      path: repository?.path ?? options.repo ?? null,
      commit: repository?.commit ?? options.commit ?? null,
    },
    agent: line.agent ?? settings.agent.value,
    models: line.models ?? options.model ?? null,
    meanOf: options.meanOf,
    budgetUsd: options.budget ?? null,
    selfForecasts: line.selfForecasts ?? Object.fromEntries(options.selfForecast ?? []),
  }
}
