import type { Settings } from '../../settings.ts'
import { PROVIDERS, type Provider } from '../endpoint.ts'
import { PROVIDER_URLS, type Upstream, upstreamOf } from './upstream.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Variables that providers' own clients read, the first that is set. */
const URLS: Readonly<Record<Provider, readonly string[]>> = {
  openai: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  anthropic: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_BASE'],
  gemini: ['GOOGLE_GEMINI_BASE_URL'],
}
const KEYS: Readonly<Record<Provider, readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  gemini: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
}

/** Every variable that holds a key of a provider: nothing that the gateway starts gets to see them. */
export const KEY_VARIABLES: readonly string[] = [...Object.values(KEYS).flat(), 'ANTHROPIC_AUTH_TOKEN']

/**
 * Where calls go, and with which keys: by the settings, else as the providers' own clients would do.
 * @throws KnownError `bad-setting`, naming the URL
 */
export function upstreamsOf(settings: Settings, env: Environment): ReadonlyMap<Provider, Upstream> {
  const set: Readonly<Record<Provider, string | null>> = {
    openai: settings.openaiUrl.value,
    anthropic: settings.anthropicUrl.value,
    gemini: settings.geminiUrl.value,
  }
  return new Map(
    PROVIDERS.map((provider) => {
      const baseUrl = set[provider] ?? first(env, URLS[provider]) ?? PROVIDER_URLS[provider]
      return [provider, upstreamOf(provider, { baseUrl, key: first(env, KEYS[provider]) })]
    }),
  )
}

const first = (env: Environment, names: readonly string[]): string | null =>
  names.map((name) => env[name]).find((value) => value !== undefined && value !== '') ?? null
