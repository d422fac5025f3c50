import type { StoredRun } from '../store/read-runs.ts'

/** A column of the flat form of runs, for tables and other programs. */
export interface RunColumn {
  readonly name: string
  readonly type: 'text' | 'count' | 'real' | 'flag'
  readonly of: (run: StoredRun) => string | number | boolean | null
}

/**
 * Every column, in order; a blank cell is unknown. Dollars are decimals, as text, so that none is lost; an infinite multiplier is
 * uncapped.
 */
export const RUN_COLUMNS: readonly RunColumn[] = [
  text('id', ({ id }) => id),
  text('benchmark', ({ task }) => task.benchmark),
  text('task', ({ task }) => task.id),
  text('repository', ({ task }) => task.repository),
  text('agent', ({ agent }) => agent),
  text('agent_version', ({ agentVersion }) => agentVersion),
  text('model', ({ model }) => model),
  text('model_name', ({ modelName }) => modelName),
  count('run', ({ run }) => run),
  count('input_tokens', ({ usage }) => usage.input),
  count('cache_read_tokens', ({ usage }) => usage.cacheRead),
  count('cache_write_5m_tokens', ({ usage }) => usage.cacheWrite5m),
  count('cache_write_1h_tokens', ({ usage }) => usage.cacheWrite1h),
  count('output_tokens', ({ usage }) => usage.output),
  count('reasoning_tokens', ({ usage }) => usage.reasoning),
  { name: 'incomplete', type: 'flag', of: ({ incomplete }) => incomplete },
  count('calls', ({ calls }) => calls),
  count('steps', ({ steps }) => steps),
  text('outcome', ({ outcome }) => outcome),
  { name: 'wall_seconds', type: 'real', of: ({ wallSeconds }) => wallSeconds },
  text('started_at', ({ startedAt }) => startedAt),
  text('cost_usd', ({ costUsd }) => costUsd),
  text('cost_reason', ({ costReason }) => costReason),
  text('prices', ({ prices }) => prices),
  text('reported_usd', ({ reportedUsd }) => reportedUsd),
  { name: 'multiplier', type: 'real', of: ({ conditions }) => conditions.multiplier },
  text('host', ({ conditions }) => conditions.host),
  count('concurrency', ({ conditions }) => conditions.concurrency),
  text('quality', ({ quality }) => quality),
  text('format', ({ source }) => source.format),
  text('source_sha256', ({ source }) => source.sha256),
  text('superseded_by', ({ supersededBy }) => supersededBy),
]

function text(name: string, of: (run: StoredRun) => string | null): RunColumn {
  return { name, type: 'text', of }
}

function count(name: string, of: (run: StoredRun) => number | null): RunColumn {
  return { name, type: 'count', of }
}
