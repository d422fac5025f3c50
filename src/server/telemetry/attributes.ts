/**
 * Names of attributes, written down here rather than imported: they are a contract with whoever has dashboards, and some of
 * them are not stable yet at their source.
 */

/** OpenTelemetry semantic conventions 1.45.0, HTTP spans: stable. */
export const HTTP = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  scheme: 'url.scheme',
  error: 'error.type',
} as const

/** https://github.com/open-telemetry/semantic-conventions-genai, spans: in development. */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  model: 'gen_ai.request.model',
  agent: 'gen_ai.agent.name',
} as const

/** Our own. Tokens are forecast, so that they are not `gen_ai.usage.*`, which are those that were used. */
export const FORETOKEN = {
  requestId: 'foretoken.request.id',
  actor: 'foretoken.actor',
  bundle: 'foretoken.bundle',
  totalTokens: 'foretoken.forecast.total_tokens',
  outputTokens: 'foretoken.forecast.output_tokens',
  /** Dollars, a decimal string; left out when unknown. */
  costUsd: 'foretoken.forecast.cost_usd',
  inDistribution: 'foretoken.forecast.in_distribution',
} as const

/** OpenTelemetry semantic conventions 1.45.0, resources: stable. */
export const SERVICE = { name: 'service.name', version: 'service.version' } as const
