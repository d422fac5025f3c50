import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { KnownError } from '../../errors.ts'
import type { Provider } from '../endpoint.ts'

/** Where a provider's requests go. */
export interface UpstreamOptions {
  /** As its clients take it: with `/v1` for OpenAI, without a version for Anthropic and Gemini. */
  readonly baseUrl: string
  /** Null = the gateway has none, and passes on what the client sends. */
  readonly key: string | null
}

export interface Upstream {
  readonly provider: Provider
  readonly url: URL
  /** Without a slash at its end. */
  readonly basePath: string
  readonly key: string | null
  readonly agent: HttpAgent | HttpsAgent
}

/** The providers' own addresses. */
export const PROVIDER_URLS: Readonly<Record<Provider, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com',
}

/** @throws KnownError `bad-setting`, naming the URL */
export function upstreamOf(provider: Provider, { baseUrl, key }: UpstreamOptions): Upstream {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new KnownError('bad-setting', `${JSON.stringify(baseUrl)} as the address of ${provider}`, {
      fix: `give an http or https URL such as ${PROVIDER_URLS[provider]}`,
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new KnownError('bad-setting', `the address of ${provider} holds credentials`, {
      fix: 'give the key in the variable of the provider',
    })
  }
  const Agent = url.protocol === 'https:' ? HttpsAgent : HttpAgent
  return {
    provider,
    url,
    basePath: url.pathname.replace(/\/+$/, ''),
    key,
    agent: new Agent({ keepAlive: true, maxFreeSockets: 256, scheduling: 'lifo' }),
  }
}
