import type { Provider } from '../endpoint.ts'
import { mustAskUsage } from '../exchange/open-reply.ts'
import type { Asked, Reply, ReplySource } from '../exchange/reply-source.ts'
import { withoutCredentials } from '../runs/identity.ts'
import { upstreamHeaders } from './headers.ts'
import { type Outgoing, send } from './send.ts'
import type { Upstream } from './upstream.ts'

/** Replies of the providers themselves. */
export function upstreamSource(
  upstreams: ReadonlyMap<Provider, Upstream>,
  { silenceMs, plainReplies }: { readonly silenceMs: number; readonly plainReplies: boolean },
): Pick<ReplySource, 'open'> {
  return {
    async open(asked, signal) {
      const { endpoint } = asked.received
      const upstream = upstreams.get(endpoint.provider)
      if (upstream === undefined) throw new Error(`no upstream for ${endpoint.provider}`)
      const reply = await send(upstream, outgoingOf(asked, upstream, plainReplies), { silenceMs, signal })
      return {
        status: reply.statusCode ?? 502,
        headers: reply.rawHeaders,
        body: reply,
        isWhole: () => reply.complete,
        secret: upstream.key,
      } satisfies Reply
    },
  }
}

/** The same as a gateway without a cassette takes it. @param silenceMs so long may a provider keep silent */
export function upstreamReplies(upstreams: ReadonlyMap<Provider, Upstream>, silenceMs = 600_000) {
  const source: ReplySource = {
    ...upstreamSource(upstreams, { silenceMs, plainReplies: false }),
    listen: () => null,
  }
  const keyed = [...upstreams].flatMap(([provider, { key }]) => (key === null ? [] : [provider]))
  return { source, providers: new Set(upstreams.keys()), keyed: new Set(keyed) }
}

function outgoingOf({ received, rewritten }: Asked, upstream: Upstream, plainReplies: boolean): Outgoing {
  const { endpoint, method, query, headers, bytes } = received
  const body = rewritten === null ? bytes : Buffer.from(rewritten)
  return {
    method,
    path: endpoint.path + (upstream.key === null ? query : withoutCredentials(query)),
    body,
    headers: upstreamHeaders(headers, upstream, {
      bytes: body.length,
      isRewritten: rewritten !== null,
      isPlainReply: plainReplies || mustAskUsage(received),
    }),
  }
}
