import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ERRORS, EXIT, KnownError } from '../errors.ts'
import { checkShape, parseJson } from '../json.ts'
import { issueFromJson } from '../task/issue-json.ts'
import { decodeText } from '../task/issue-text.ts'
import type { Invocation } from './command-line.ts'
import type { EstimateOptions } from './estimate.ts'
import { readLines } from './lines.ts'
import { progressBar } from './progress.ts'
import { type AskedTask, openWorkbench, type Workbench } from './workbench.ts'

const Positive = z.number().positive()
/** Longer names are no names. */
const Name = z.string().min(1).max(200)
const SelfForecasts = z.object({ outputTokens: Positive, totalTokens: Positive })

const Line = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  issue: z.object({ title: z.string().nullish(), body: z.string().nullish() }),
  repository: z
    .object({ name: z.string().nullish(), path: z.string().min(1).nullish(), commit: z.string().nullish() })
    .nullish(),
  agent: Name.nullish(),
  models: z.array(Name).min(1).max(100).nullish(),
  /** What a model forecast for itself, by model: used as a feature. */
  selfForecasts: z.record(z.string(), SelfForecasts).nullish(),
})

/**
 * `estimate --batch`: one line out for each line in, in the same order. A line that cannot be answered costs only
 * itself: its place holds the error, and the command ends with exit code 2.
 */
export async function estimateBatch(call: Invocation, options: EstimateOptions): Promise<number> {
  const { app, settings, format } = call
  if (format !== 'jsonl') {
    throw new KnownError('usage', `--batch with --format ${format}`, { fix: 'add --format jsonl' })
  }
  const input = options.batch === '-' ? app.stdin() : openFile(resolve(app.cwd, options.batch ?? ''))
  const workbench = await openWorkbench(app, settings)
  const bar = progressBar(app, 'estimating')
  let done = 0
  let failed = 0
  try {
    for await (const { number, bytes } of readLines(input)) {
      app.signal.throwIfAborted()
      if (bytes !== null && bytes.toString('latin1').trim() === '') continue
      const answer = await answerLine(call, options, workbench, number, bytes)
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

async function* openFile(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Buffer
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new KnownError(absent ? 'file-not-found' : 'file-unreadable', file, { cause })
  }
}

async function answerLine(
  call: Invocation,
  options: EstimateOptions,
  workbench: Workbench,
  number: number,
  bytes: Buffer | null,
): Promise<object> {
  let id: string | number | null = null
  try {
    if (bytes === null) throw new KnownError('batch-line', `line ${number} is longer than 16 MiB`)
    const value = parseJson(decodeText(bytes, `line ${number}`), `line ${number}`, 'batch-line')
    id = idOf(value)
    const line = checkShape(Line, value, `line ${number}`, 'batch-line')
    const { forecasts } = await workbench.estimate(askedBy(line, call, options))
    return { schema: 'estimate/1', id, forecasts }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    const { code, detail, fix } = error
    return { schema: 'estimate/1', id, error: { code, title: ERRORS[code].title, detail, fix, line: number } }
  }
}

/** The id, even of a line that is wrong elsewhere. */
function idOf(value: unknown): string | number | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

function askedBy(line: z.infer<typeof Line>, { settings }: Invocation, options: EstimateOptions): AskedTask {
  const { repository } = line
  return {
    issue: issueFromJson(line.issue, { kind: 'text' }).issue,
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
