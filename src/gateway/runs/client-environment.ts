import type { Provider } from '../endpoint.ts'
import { codexIn } from './codex-command.ts'

/** Where a client is to send its calls, and what it is to say. */
interface Address {
  readonly baseUrl: string
  readonly key: string
}

/**
 * The variables by which clients find a run's address: OpenAI's and Anthropic's libraries, LiteLLM, Google's library,
 * Claude Code, and what is made with them. They hold the run's key, which opens nothing but its budget. A client of
 * Anthropic's that has credentials of its own keeps them where the gateway has none.
 */
export function clientEnvironment(
  { baseUrl, key }: Address,
  keyed: ReadonlySet<Provider>,
): Readonly<Record<string, string>> {
  return {
    OPENAI_BASE_URL: `${baseUrl}/v1`,
    OPENAI_API_BASE: `${baseUrl}/v1`,
    OPENAI_API_KEY: key,
    ANTHROPIC_BASE_URL: baseUrl,
    ANTHROPIC_API_BASE: baseUrl,
    ...(keyed.has('anthropic') ? { ANTHROPIC_API_KEY: key } : {}),
    GOOGLE_GEMINI_BASE_URL: baseUrl,
    GEMINI_API_BASE: `${baseUrl}/v1beta`,
    GEMINI_API_KEY: key,
    GOOGLE_API_KEY: key,
  }
}

/**
 * A command as it is to be started. Codex takes an address from its settings only, which are given behind its name, where
 * those that the command gives itself go over them; every other command stays as it is.
 */
export function clientCommand(words: readonly string[], { baseUrl }: Address): readonly string[] {
  const at = codexIn(words)
  if (at === null) return words
  const settings = {
    model_provider: 'foretoken',
    'model_providers.foretoken.name': 'Foretoken',
    'model_providers.foretoken.base_url': `${baseUrl}/v1`,
    'model_providers.foretoken.env_key': 'OPENAI_API_KEY',
    'model_providers.foretoken.wire_api': 'responses',
  }
  const given = Object.entries(settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${JSON.stringify(value)}`,
  ])
  return [...words.slice(0, at), ...given, ...words.slice(at)]
}
