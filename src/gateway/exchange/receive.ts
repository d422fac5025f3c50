import type { IncomingMessage } from 'node:http'
import { endpointOf, type Provider } from '../endpoint.ts'
import type { GatewayContext } from '../gateway-context.ts'
import { keysInHeaders, targetOf } from '../runs/identity.ts'
import type { OpenRun } from '../runs/open-run.ts'
import { newToolResults } from '../runs/tool-results.ts'
import { repeatedMember } from '../wire/repeated-member.ts'
import { requestFacts } from '../wire/request-facts.ts'
import { readBody } from './read-body.ts'
import type { Received } from './received.ts'
import type { RefusalKind } from './refusal.ts'

/** One that is not. */
export interface NotReceived {
  readonly kind: RefusalKind | 'gone'
  readonly provider: Provider
  readonly message: string
}

/** Finds the run that a key opens. */
export type FindRun = (key: string) => OpenRun | null

/**
 * Takes a request in. On the socket of a run everything is of that run; elsewhere a key says of which, in the path or as
 * the client's API key, and where there are two they are the same.
 */
export async function receive(
  context: GatewayContext,
  request: IncomingMessage,
  { find, own }: { readonly find: FindRun; readonly own: OpenRun | null },
): Promise<Received | NotReceived> {
  const { method = '', url = '', headers, rawHeaders } = request
  const target = targetOf(url)
  const isAnthropic = headers['anthropic-version'] !== undefined
  const guessed = isAnthropic ? 'anthropic' : /^\/v1beta\//.test(target?.path ?? '') ? 'gemini' : 'openai'
  const no = (kind: NotReceived['kind'], message: string, provider: Provider = guessed): NotReceived => ({
    kind,
    provider,
    message,
  })
  if (target === null) return no('not-passed-on', `${JSON.stringify(url.slice(0, 100))} is no path of an API`)
  const run = runOf([target.key, ...keysInHeaders(headers)], { find, own })
  if (run === null) return no('unknown-key', 'no open run has this key')
  const endpoint = endpointOf(method, target.path, isAnthropic)
  if (endpoint === null) {
    return no(
      'not-passed-on',
      `${method} ${target.path.slice(0, 100)} is not passed on: only calls of models are`,
    )
  }
  const { provider } = endpoint
  if (!context.providers.has(provider)) return no('no-upstream', `the gateway knows no ${provider}`, provider)
  const body = await readBody(request, context.mostRequestBytes)
  if (body.kind === 'gone') return no('gone', '', provider)
  if (body.kind === 'too-large') {
    return no('too-large', `the request has more than ${context.mostRequestBytes} bytes`, provider)
  }
  if (body.kind === 'malformed') return no('malformed', body.reason, provider)
  const { bytes, text } = method === 'GET' ? NO_BODY : body
  const read = method === 'GET' ? NOTHING_ASKED : requestFacts(endpoint, text)
  if (read.kind === 'malformed') return no('malformed', read.reason, provider)
  if (read.background) return no('malformed', 'replies in the background cannot be counted', provider)
  const twice = repeatedMember(text)
  if (twice !== null) return no('malformed', `the body has two members ${JSON.stringify(twice)}`, provider)
  const asked = { ...read, toolResults: newToolResults(run, read.toolResults) }
  return {
    kind: 'received',
    run,
    endpoint,
    method,
    query: target.query,
    headers: rawHeaders,
    bytes,
    text,
    asked,
  }
}

const NO_BODY = { bytes: new Uint8Array(0), text: '' } as const

/** A list of models is asked for without a body. */
const NOTHING_ASKED = {
  kind: 'request',
  model: null,
  streams: false,
  maxOutput: null,
  bytes: 0,
  toolResults: [],
  mediaParts: 0,
  remembers: false,
  hostedTools: 0,
  usageAsked: false,
  background: false,
} as const satisfies ReturnType<typeof requestFacts>

function runOf(
  keys: readonly (string | null)[],
  { find, own }: { readonly find: FindRun; readonly own: OpenRun | null },
): OpenRun | null {
  const named = keys.filter((key) => key !== null).map(find)
  const runs = new Set(own === null ? named : [own, ...named])
  // Two runs at once, or a key that opens none beside one that does: not a client of ours.
  const [run = null] = runs
  return runs.size === 1 ? run : null
}
