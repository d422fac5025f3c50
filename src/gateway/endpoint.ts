import type { DialectName } from '../usage/dialects.ts'

/** Who speaks a protocol; each has one base URL behind the gateway. */
export const PROVIDERS = ['openai', 'anthropic', 'gemini'] as const
export type Provider = (typeof PROVIDERS)[number]

/** What a request asks a provider for. Only what generates or embeds is billed. */
export interface Endpoint {
  readonly provider: Provider
  readonly asks:
    | { readonly kind: 'generate'; readonly dialect: DialectName }
    | { readonly kind: 'embed' }
    | { readonly kind: 'count' }
    | { readonly kind: 'list' }
  /** Behind the provider's base URL, without a query: `/chat/completions`, `/v1/messages`. */
  readonly path: string
  /** The model where the path names it (Gemini); null = the body does. */
  readonly model: string | null
  /** Whether the path asks for a stream (Gemini); null = the body tells. */
  readonly streams: boolean | null
}

/**
 * What a request is for, by its path as it came: exact, so that no spelling of it reaches anything else. Null = nothing
 * that the gateway passes on, such as files, batches and fine-tuning, which spend without telling here.
 */
export function endpointOf(method: string, path: string, isAnthropic: boolean): Endpoint | null {
  const found = RULES.map((rule) => ({ rule, match: rule.path.exec(path) })).find(
    ({ rule, match }) =>
      rule.method === method &&
      match !== null &&
      (rule.anthropic === undefined || rule.anthropic === isAnthropic),
  )
  if (found === undefined || found.match === null) return null
  const { provider, asks, streams = null } = found.rule
  const { to, v1, model = null } = found.match.groups ?? {}
  return { provider, asks, path: v1 === undefined ? (to ?? path) : `/v1${v1}`, model, streams }
}

interface Rule {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly provider: Provider
  readonly asks: Endpoint['asks']
  readonly streams?: boolean
  /** Two providers list their models under one path; theirs say which they are by a header. */
  readonly anthropic?: boolean
}

const generate = (dialect: DialectName): Endpoint['asks'] => ({ kind: 'generate', dialect })

/** Names of models: no segment of dots alone, nothing that is encoded. */
const NAME = String.raw`[\w@:-][\w.@:-]*(?:/[\w@:-][\w.@:-]*){0,3}`
const openai = (to: string): RegExp => new RegExp(`^(?:/v1)?(?<to>/${to})$`)
const gemini = (ending: string): RegExp =>
  new RegExp(String.raw`^/v1(?:beta|alpha)?/(?:models|tunedModels)/(?<model>[\w-][\w.-]*):${ending}$`)

/** Anthropic's clients write the version themselves, but for those that take it for a part of the address. */
const RULES: readonly Rule[] = [
  { method: 'POST', path: openai('chat/completions'), provider: 'openai', asks: generate('openai-chat') },
  { method: 'POST', path: openai('completions'), provider: 'openai', asks: generate('openai-chat') },
  { method: 'POST', path: openai('responses'), provider: 'openai', asks: generate('openai-responses') },
  { method: 'POST', path: openai('responses/input_tokens'), provider: 'openai', asks: { kind: 'count' } },
  { method: 'POST', path: openai('embeddings'), provider: 'openai', asks: { kind: 'embed' } },
  {
    method: 'POST',
    path: /^(?:\/v1){0,2}(?<v1>\/messages)$/,
    provider: 'anthropic',
    asks: generate('anthropic-messages'),
  },
  {
    method: 'POST',
    path: /^(?:\/v1){0,2}(?<v1>\/messages\/count_tokens)$/,
    provider: 'anthropic',
    asks: { kind: 'count' },
  },
  {
    method: 'GET',
    path: new RegExp(`^/v1/models(?:/${NAME})?$`),
    provider: 'anthropic',
    asks: { kind: 'list' },
    anthropic: true,
  },
  {
    method: 'GET',
    path: openai(`models(?:/${NAME})?`),
    provider: 'openai',
    asks: { kind: 'list' },
    anthropic: false,
  },
  {
    method: 'POST',
    path: gemini('generateContent'),
    provider: 'gemini',
    asks: generate('gemini'),
    streams: false,
  },
  {
    method: 'POST',
    path: gemini('streamGenerateContent'),
    provider: 'gemini',
    asks: generate('gemini'),
    streams: true,
  },
  { method: 'POST', path: gemini('countTokens'), provider: 'gemini', asks: { kind: 'count' } },
  {
    method: 'POST',
    path: gemini('(?:batchEmbedContents|embedContent)'),
    provider: 'gemini',
    asks: { kind: 'embed' },
  },
  {
    method: 'GET',
    path: /^\/v1beta\/models(?:\/[\w-][\w.-]*)?$/,
    provider: 'gemini',
    asks: { kind: 'list' },
  },
]
