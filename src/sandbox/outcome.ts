import type { Outcome } from '../trajectory/run.ts'
import type { SandboxFacts } from './sandbox.ts'

/** What decided about a run, each told by who knows it. */
export interface Ending {
  readonly facts: SandboxFacts
  /** Of the task, in a sandbox of its own; null = there was none. */
  readonly check: 'passed' | 'failed' | 'infra-error' | null
  /** The gateway refused a call since the budget was spent. */
  readonly budgetExhausted: boolean
  /** The gateway could not be reached, or failed. */
  readonly gatewayFailed: boolean
}

/**
 * Why a run ended. What the infrastructure did comes first and is taken from the engine's facts, never from an exit code:
 * a process can exit 137 with memory to spare, and survive the OOM kill of its child. A run that passes its check in spite
 * of such a kill is resolved. What cut a run short comes before the check, which saw half a run. Null = nothing tells.
 */
export function outcomeOf({ facts, check, budgetExhausted, gatewayFailed }: Ending): Outcome | null {
  if (!facts.started || facts.infraReason !== null || gatewayFailed) return 'infra-error'
  if ((facts.oomKills ?? 0) > 0 && (check !== 'passed' || facts.exit !== 0)) return 'infra-error'
  if (budgetExhausted) return 'budget-exhausted'
  if (facts.timedOut) return 'timed-out'
  if (facts.exit !== 0) return 'failed'
  if (check === null) return null
  if (check === 'infra-error') return check
  return check === 'passed' ? 'resolved' : 'failed'
}
