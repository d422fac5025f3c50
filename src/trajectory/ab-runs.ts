import { callOf } from '../usage/call.ts'
import { UNKNOWN_USAGE } from '../usage/usage.ts'
import { decimalOf } from './decimal-of.ts'
import type { Format, Found, Source } from './format.ts'
import { isoInstant, secondsBetween } from './instant.ts'
import { headObjects, isMembers, type Members } from './json-head.ts'
import { Answer, Figure, list, part, Text, Whole } from './lenient.ts'
import { malformed } from './malformed.ts'
import { readJsonLines } from './read-json-lines.ts'
import type { Outcome } from './run.ts'
import { runOfWhole } from './run-of.ts'

/**
 * The trajectories of the small A/B benchmark of agent harnesses: lines from `run_start` to `run_end`. What its
 * `tokens_in` counts is fresh input alone, so that the input is unknown and the output known.
 */
export const abRuns: Format = {
  name: 'ab-runs',
  version: 1,
  what: 'A/B runs of agent harnesses, *.trajectory.jsonl',
  detect: ({ head }) =>
    headObjects(head).some(({ event, run_id, harness }) => event === 'run_start' && run_id && harness)
      ? 2
      : 0,
  read: readRun,
}

const Start = part({ run_id: Text, task_id: Text, model: Text, harness: Text, started_at: Text })
const End = part({ finished_at: Text, status: Text, totals: part({ tokens_out: Whole, cost_usd: Figure }) })

async function* readRun(source: Source, signal: AbortSignal): AsyncGenerator<Found> {
  let [start, end, turns]: [Members | null, Members | null, number] = [null, null, 0]
  for await (const { number, value, error } of readJsonLines(source, signal)) {
    if (error !== null) yield { kind: 'unreadable', error, line: number }
    else if (isMembers(value)) {
      if (value.event === 'run_start') start = value
      else if (value.event === 'run_end') end = value
      else if (value.role === 'assistant') turns++
    }
  }
  if (start === null) throw malformed(source.name, 'it has no run_start')
  yield { kind: 'run', run: runFrom({ start, end, turns, passed: await verdictOf(source) }), line: null }
}

function runFrom(told: {
  readonly start: Members
  readonly end: Members | null
  readonly turns: number
  readonly passed: boolean | null
}) {
  const start = Start.parse(told.start)
  const end = End.parse(told.end ?? {})
  const [harness = null, version = null] = start.harness?.split('@') ?? []
  const began = isoInstant(start.started_at)
  const usage = { ...UNKNOWN_USAGE, output: end.totals.tokens_out }
  return runOfWhole(
    start.run_id ?? `${start.task_id}:${start.started_at}`,
    [callOf('log', usage, { model: start.model, requests: null })],
    {
      task: { id: start.task_id },
      agent: harness,
      agentVersion: version,
      model: start.model,
      steps: told.turns,
      outcome: outcomeOf(end.status, told.passed),
      startedAt: began,
      wallSeconds: secondsBetween(began, isoInstant(end.finished_at)),
      reportedUsd: decimalOf(end.totals.cost_usd),
    },
  )
}

/** What the checks said, which stand in a file beside it: the first, on the files, decides. */
async function verdictOf(source: Source): Promise<boolean | null> {
  const file = source.name.split(/[/\\!]/).at(-1) ?? ''
  const bytes = await source.beside(file.replace(/\.trajectory\.jsonl(\.gz|\.zst)?$/, '.scores.json'))
  if (bytes === null) return null
  try {
    const scores = part({ verdicts: list(part({ pass: Answer })) }).parse(
      JSON.parse(new TextDecoder().decode(bytes)),
    )
    return scores.verdicts[0]?.pass ?? null
  } catch {
    return null // the trajectory stands without it
  }
}

function outcomeOf(status: string | null, passed: boolean | null): Outcome | null {
  if (status === 'timeout') return 'timed-out'
  if (passed !== null) return passed ? 'resolved' : 'failed'
  return null
}
