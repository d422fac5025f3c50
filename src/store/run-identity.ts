import { createHash } from 'node:crypto'
import { writtenConditions } from '../trajectory/conditions.ts'
import type { Format } from '../trajectory/format.ts'
import type { Conditions, Run } from '../trajectory/run.ts'

/** Runs in our own exchange form keep the id they were given out with. */
export const EXCHANGE_FORMAT = 'run/1'

/** The id of a run in the store: the same wherever and however often it is read. */
export function runId(format: Pick<Format, 'name' | 'identity'>, key: string): string {
  if (format.name === EXCHANGE_FORMAT) return key
  const family = format.identity ?? format.name
  return createHash('sha256').update(`${family}\0${key}`).digest('hex').slice(0, 32)
}

/** What a source told of a run, as a hash: the same telling is not read twice. */
export function contentOf(run: Run): Buffer {
  const { task, usage, perCall, actions, ...rest } = run
  const head = [
    task.id,
    task.benchmark,
    task.repository,
    rest.agent,
    rest.agentVersion,
    rest.model,
    rest.run,
    rest.incomplete,
    rest.calls,
    rest.steps,
    rest.outcome,
    rest.wallSeconds,
    rest.startedAt,
    rest.reportedUsd,
    rest.quality,
    ...Object.values(usage),
    ...toldConditions(rest.conditions),
  ]
  const calls = perCall.map((call) => [
    call.id,
    call.at,
    call.model,
    call.requests,
    call.incomplete,
    call.quality,
    call.reportedUsd,
    ...Object.values(call.usage),
  ])
  return createHash('sha256')
    .update(
      JSON.stringify(
        actions.length === 0 ? [head, calls] : [head, calls, actions.map((one) => Object.values(one))],
      ),
    )
    .digest()
}

/** Nothing at all where none are recorded: runs that were kept before there were conditions keep their hash. */
function toldConditions(conditions: Conditions): readonly unknown[] {
  const written = writtenConditions(conditions)
  return written === null ? [] : [Object.values(written)]
}
