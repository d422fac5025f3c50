import type { ExchangeRow } from '../../store/exchange-table.ts'
import type { Exchange } from '../exchange/exchange.ts'

/** An exchange as the store keeps it; its calls and actions are kept with the run. */
export const exchangeRow = ({ request, reply, calls, ...exchange }: Exchange): ExchangeRow => ({
  id: exchange.id,
  at: exchange.at,
  provider: exchange.provider,
  kind: exchange.kind,
  path: exchange.path,
  modelAsked: request.model,
  modelAnswered: calls.find(({ model }) => model !== null)?.model ?? null,
  streams: request.streams,
  maxOutput: request.maxOutput,
  retry: exchange.retry,
  ending: exchange.ending,
  status: exchange.status,
  stopReason: reply.stopReason,
  tools: reply.actions.map(({ tool }) => tool),
  requestBytes: request.bytes,
  replyBytes: exchange.replyBytes,
  latencyMs: exchange.latencyMs,
  firstByteMs: exchange.firstByteMs,
})
