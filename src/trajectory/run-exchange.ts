import { checkShape } from '../json.ts'
import type { Quality } from '../usage/call.ts'
import type { Usage } from '../usage/usage.ts'
import type { Action } from './action.ts'
import { conditionsIn } from './conditions.ts'
import type { Format, Found, Source } from './format.ts'
import { isoInstant } from './instant.ts'
import { isRunLine } from './is-run-line.ts'
import { headDocuments } from './json-head.ts'
import { placed, unreadable } from './malformed.ts'
import { lineOf, readJsonLines } from './read-json-lines.ts'
import type { RecordedCall, Run } from './run.ts'
import { RunLine } from './run-line.ts'
import { runOf } from './run-of.ts'

/** Our own exchange form, one run to a line: what `foretoken runs export` writes, and for everything without a reader. */
export const runExchange: Format = {
  name: 'run/1',
  version: 1,
  what: 'runs in the exchange form of Foretoken, one to a line',
  detect: ({ head }) => (headDocuments(head).some(isOurs) ? 2 : 0),
  read: readRuns,
}

const isOurs = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'schema' in document && document.schema === 'run/1'

async function* readRuns(source: Source, signal: AbortSignal): AsyncGenerator<Found> {
  for await (const { number, value, error } of readJsonLines(source, signal)) {
    if (error !== null) yield { kind: 'unreadable', error, line: number }
    else yield foundIn(value, source.name, number)
  }
}

function foundIn(value: unknown, name: string, line: number): Found {
  try {
    // The schema is slow, and only asked what is wrong with a line.
    const checked = isRunLine(value) ? value : checkShape(RunLine, value, lineOf(name, line), 'run-malformed')
    return { kind: 'run', run: runOfLine(checked), line }
  } catch (error) {
    return unreadable(placed(lineOf(name, line), error), line)
  }
}

/** The run that a line of `run/1` tells of. @throws KnownError `usage-malformed` for sums beyond 2⁵³ − 1 */
export function runOfLine(line: RunLine): Run {
  const { usage, quality = 'log' } = line
  const perCall = (line.perCall ?? []).map((call) => callOfLine(call, quality))
  const summed = runOf(line.id, usage === undefined ? perCall : [])
  const isPart = usage === undefined ? summed.incomplete : isCut(usage) || perCall.some(isIncomplete)
  return {
    key: line.id,
    task: {
      id: line.task?.id ?? null,
      benchmark: line.task?.benchmark ?? null,
      repository: line.task?.repository ?? null,
    },
    agent: line.agent ?? null,
    agentVersion: line.agentVersion ?? null,
    model: line.model ?? summed.model,
    run: line.run ?? null,
    usage: usage ?? summed.usage,
    incomplete: line.incomplete ?? isPart,
    calls: line.calls ?? summed.calls,
    steps: line.steps ?? null,
    outcome: line.outcome ?? null,
    wallSeconds: line.wallSeconds ?? null,
    startedAt: isoInstant(line.startedAt) ?? summed.startedAt,
    reportedUsd: line.reportedCostUsd ?? summed.reportedUsd,
    conditions: conditionsIn(line.conditions),
    quality,
    perCall,
    actions: (line.actions ?? []).map(actionOfLine),
  }
}

type ActionLine = NonNullable<RunLine['actions']>[number]

const actionOfLine = ({ id, call, tool, kind, target, returnedChars }: ActionLine): Action => ({
  id: id ?? null,
  call: call ?? null,
  tool,
  kind,
  target: target ?? null,
  returnedChars: returnedChars ?? null,
})

type CallLine = NonNullable<RunLine['perCall']>[number]

function callOfLine(call: CallLine, quality: Quality): RecordedCall {
  const { usage } = call
  return {
    id: call.id ?? null,
    at: isoInstant(call.at),
    model: call.model ?? null,
    usage,
    requests: call.requests === undefined ? 1 : call.requests,
    incomplete: call.incomplete === true || isCut(usage),
    quality: call.quality ?? quality,
    reportedUsd: call.reportedCostUsd ?? null,
  }
}

const isCut = ({ input, output }: Usage): boolean => input === null || output === null
const isIncomplete = ({ incomplete }: RecordedCall): boolean => incomplete
