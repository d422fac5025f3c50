import type { Exchange } from '../../gateway/exchange/exchange.ts'

/** Statuses by which a provider tells that it, or the key, is not in order: no agent can do anything about them. */
const OF_THE_PROVIDER = new Set([401, 402, 403, 404, 408, 409, 429])

/**
 * Why the last call of a model came to nothing, where that is not the agent's doing; null = it did not. What an agent got over
 * by trying again has not ended its run.
 */
export function gatewayTrouble(exchanges: readonly Exchange[]): string | null {
  const last = exchanges.findLast(({ kind }) => kind === 'generate')
  if (last === undefined) return null
  const { ending, status, provider } = last
  if (ending === 'upstream-lost') return `${provider} did not answer to the end`
  if (ending === 'rejected') return 'the gateway had no answer to a call'
  if (ending !== 'refused' || status === null) return null
  return status >= 500 || OF_THE_PROVIDER.has(status) ? `${provider} answered with status ${status}` : null
}
