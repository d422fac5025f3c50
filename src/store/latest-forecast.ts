import { normalModelName } from '../pricing/alias.ts'
import type { Store } from './open-store.ts'

/** The forecast made last for a task by an agent with a model, as JSON; null = none was made. */
export function latestForecast(
  { database }: Store,
  { task, agent, model }: { readonly task: string; readonly agent: string; readonly model: string },
): string | null {
  const found = database
    .prepare<[string, string, string], string>(
      `SELECT estimates.document FROM tasks JOIN estimates ON estimates.task = tasks.row
       WHERE tasks.id = ? AND lower(estimates.agent) = lower(?) AND estimates.model_name = ?
       ORDER BY estimates.made_at DESC, estimates.row DESC LIMIT 1`,
    )
    .pluck()
    .get(task, agent, normalModelName(model))
  return found ?? null
}
