import type { Action } from '../trajectory/action.ts'
import { writtenConditions } from '../trajectory/conditions.ts'
import type { StoredRun } from './read-runs.ts'
import type { CallRow } from './run-row.ts'
import { usageOf } from './run-row.ts'

/** A run in our own exchange form, `run/1`: one line of `foretoken runs export`, which imports as the same run. */
export const exchangeForm = (
  run: StoredRun,
  { calls, actions }: { readonly calls: readonly CallRow[]; readonly actions: readonly Action[] },
): object => ({
  schema: 'run/1',
  id: run.id,
  task: run.task,
  agent: run.agent,
  agentVersion: run.agentVersion,
  model: run.model,
  run: run.run,
  usage: run.usage,
  incomplete: run.incomplete,
  calls: run.calls,
  steps: run.steps,
  costUsd: run.costUsd,
  reportedCostUsd: run.reportedUsd,
  outcome: run.outcome,
  wallSeconds: run.wallSeconds,
  quality: run.quality,
  startedAt: run.startedAt,
  conditions: writtenConditions(run.conditions) ?? undefined, // left out where nothing is recorded
  source: { format: run.source.format, sha256: run.source.sha256 },
  perCall: calls.map((call) => ({
    id: call.id,
    at: call.at,
    model: call.model,
    usage: usageOf(call),
    requests: call.requests,
    incomplete: call.incomplete === 1,
    quality: call.quality,
    reportedCostUsd: call.reported_usd,
  })),
  actions: actions.length === 0 ? undefined : actions, // left out where nothing is recorded
})
