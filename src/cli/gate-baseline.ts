import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { levelOf, type Outcomes, SPENT } from '../forecast/outcomes.ts'
import type { Workbench } from '../forecast/read-workbench.ts'
import type { Levels } from '../gate/task.ts'
import { readJsonFile } from '../json.ts'
import { type KnownLevels, levelsInAnswer } from '../report/gate-answer.ts'
import { type BaselineBook, baselineBook, NO_BASELINE } from '../report/judge-tasks.ts'
import { openRepository } from '../task/repository.ts'
import type { GateRequest } from './ask-gate.ts'
import { taskAt } from './gate-baseline-task.ts'
import { askedTask, type GatedTask } from './gate-forecast.ts'
import type { TaskToJudge } from './gate-tasks.ts'

interface Reading {
  readonly app: App
  readonly workbench: Workbench
  readonly request: GateRequest
}

/**
 * Reads the baseline: an earlier answer of the gate where there is such a file, else the same tasks as they were at a
 * commit of the repository. @throws KnownError baseline-malformed, usage, commit-not-found
 */
export async function readBaseline(reading: Reading, tasks: readonly GatedTask[]): Promise<BaselineBook> {
  const { app, request } = reading
  const name = request.baseline
  if (name === null) return NO_BASELINE
  const isFile = await stat(resolve(app.cwd, name)).then(
    (found) => found.isFile(),
    () => false,
  )
  return isFile ? baselineInFile(app, name) : baselineAt(reading, name, tasks)
}

async function baselineInFile(app: App, name: string): Promise<BaselineBook> {
  const json = await readJsonFile(resolve(app.cwd, name), 'baseline-malformed')
  const known = levelsInAnswer(json, name)
  return baselineBook({ kind: 'file', name }, known)
}

async function baselineAt(
  { app, workbench, request }: Reading,
  name: string,
  tasks: readonly GatedTask[],
): Promise<BaselineBook> {
  const { repo } = request
  if (repo === null) {
    throw new KnownError('usage', `--baseline ${name} is no file, and without --repo no commit`, {
      fix: 'name the repository with --repo, or a file that `foretoken gate --format json` made',
    })
  }
  const { commit } = await openRepository(resolve(app.cwd, repo), name, app.signal)
  const known = new Map<string, ReadonlyMap<string, Outcomes>>()
  for (const task of tasks) {
    app.signal.throwIfAborted()
    const before = await taskAt(app, { directory: resolve(app.cwd, repo), commit }, task)
    if (before === null) continue
    const models = task.forecasts.map(({ estimate }) => estimate.model)
    const repository = { ...before.repository, commit: commitBefore(before, request, commit) }
    const { forecasts } = await workbench.forecast(askedTask({ ...before, repository }, task.agent, models))
    known.set(task.key, new Map(forecasts.map(({ estimate, outcomes }) => [estimate.model, outcomes])))
  }
  const levels = new Map(
    [...known].map(([key, models]) => [
      key,
      new Map([...models].map(([model, outcomes]) => [model, levelsIn(outcomes)])),
    ]),
  )
  return baselineBook({ kind: 'commit', name, commit }, levels)
}

/** A task that names its own commit, or another repository, starts where it started before. */
function commitBefore({ repository }: TaskToJudge, request: GateRequest, baseline: string): string | null {
  if (repository.path !== request.repo) return repository.commit
  return request.commit === null ? (repository.commit ?? baseline) : baseline
}

function levelsIn(outcomes: Outcomes): KnownLevels {
  const each = SPENT.map((spent) => {
    const outcome = outcomes[spent]
    const [expected, p80, p90] = [levelOf(outcome, 'mean'), levelOf(outcome, 'p80'), levelOf(outcome, 'p90')]
    const levels: Levels | null =
      expected === null || p80 === null || p90 === null ? null : { expected, p80, p90 }
    return [spent, levels] as const
  })
  return Object.fromEntries(each) as ReturnType<typeof levelsIn>
}
