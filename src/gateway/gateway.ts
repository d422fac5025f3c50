import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { PriceBook } from '../pricing/price-book.ts'
import type { Outcome } from '../trajectory/run.ts'
import type { Totals } from '../usage/sum-calls.ts'
import type { Limits } from './budget/limits.ts'
import type { Provider } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayContext, GatewayEvent } from './gateway-context.ts'
import { type Listening, listenOn } from './listen.ts'
import type { Group, OpenRun } from './open-run.ts'
import { pricesNow } from './prices-now.ts'
import { receive } from './receive.ts'
import type { Recorder } from './recorder.ts'
import { refusalReply } from './refusal.ts'
import type { ReplySource } from './reply-source.ts'
import { type RunRegistry, type RunRequest, runRegistry } from './run-registry.ts'
import { serveExchange } from './serve-exchange.ts'

export interface GatewayOptions {
  readonly source: ReplySource
  readonly providers: ReadonlySet<Provider>
  /** Whose keys the gateway has; none where replies come from a cassette. */
  readonly keyed: ReadonlySet<Provider>
  /** Null = nothing is kept. */
  readonly recorder: Recorder | null
  /** For caps in dollars. */
  readonly book: PriceBook
  readonly host?: string
  /** 0 = one that is free. */
  readonly port?: number
  /** Replies come from a cassette. */
  readonly replayed?: boolean
  readonly silenceMs?: number
  readonly mostRequestBytes?: number
  readonly nowMs?: () => number
  readonly onEvent?: (event: GatewayEvent) => void
  /** Further routes of the same server; true = it has answered. */
  readonly control?: ((request: IncomingMessage, response: ServerResponse) => boolean) | null
}

/** A run as who opened it sees it. */
export interface GatewayRun {
  readonly id: string
  readonly key: string
  /** `http://127.0.0.1:4000/run/KEY`: OpenAI's clients take it with `/v1`. */
  readonly baseUrl: string
  readonly state: OpenRun
  readonly totals: () => Totals
  /** The latest, up to 1,000. */
  readonly exchanges: () => readonly Exchange[]
  /** Opens a socket on which everything is of this run, whatever key is sent. It closes with the run. */
  readonly openSocket: (path: string) => Promise<void>
  readonly close: (outcome?: Outcome | null) => Promise<void>
}

export interface Gateway {
  readonly url: string
  readonly openGroup: (name: string, limits: Partial<Limits>) => Group
  readonly openRun: (request?: RunRequest) => GatewayRun
  readonly registry: RunRegistry
  /** Whose keys the gateway has. */
  readonly keyed: ReadonlySet<Provider>
  /** Ends every run and what is in flight. @throws KnownError `store-failed`: the records are then kept in their journal */
  readonly close: () => Promise<void>
}

/** Providers, and their clients, give a reply ten minutes. */
const SILENCE_MS = 600_000
const MOST_REQUEST_BYTES = 64 * 1024 * 1024

/** Starts a gateway. @throws KnownError `bad-setting` where it cannot listen */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { recorder, onEvent = () => {}, control = null } = options
  const context = contextOf(options, onEvent)
  const registry = runRegistry(context, options.replayed ?? false)
  const closers = new Map<OpenRun, () => Promise<void>>()
  const serving = new Set<Promise<void>>()
  const receiving = new Set<IncomingMessage>()
  const listenerOf = (own: OpenRun | null): RequestListener => {
    return (request, response) => {
      if (own === null && control?.(request, response) === true) return
      const served = serve({ context, registry, receiving }, { own, request, response })
      serving.add(served)
      void served.finally(() => serving.delete(served))
    }
  }
  const at = { host: options.host ?? '127.0.0.1', port: options.port ?? 0 }
  const server = await listenOn(at, listenerOf(null))
  const gatewayRun = (run: OpenRun, key: string): GatewayRun => ({
    id: run.meta.id,
    key,
    baseUrl: `${server.address}/run/${key}`,
    state: run,
    totals: () => run.totals,
    exchanges: () => run.exchanges,
    async openSocket(path) {
      const socket: Listening = await listenOn({ socket: path }, listenerOf(run))
      closers.set(run, socket.close)
    },
    async close(outcome = null) {
      registry.closeRun(run, outcome)
      await closers.get(run)?.()
      closers.delete(run)
    },
  })
  return {
    url: server.address,
    registry,
    keyed: options.keyed,
    openGroup: registry.openGroup,
    openRun(request = {}) {
      const { run, key } = registry.openRun(request)
      return gatewayRun(run, key)
    },
    async close() {
      for (const run of registry.runs()) registry.closeRun(run)
      // Whose request is not here yet gets no answer: its end may never come.
      for (const request of receiving) request.destroy()
      await Promise.all([...serving])
      await Promise.all([server.close(), ...[...closers.values()].map((close) => close())])
      await recorder?.close()
    },
  }
}

function contextOf(options: GatewayOptions, tell: GatewayContext['tell']): GatewayContext {
  const { book, recorder, source, providers } = options
  const nowMs = options.nowMs ?? Date.now
  return {
    source,
    providers,
    record: (entry) => recorder?.record(entry),
    tell,
    priceNow: pricesNow(book, nowMs),
    nowMs,
    silenceMs: options.silenceMs ?? SILENCE_MS,
    mostRequestBytes: options.mostRequestBytes ?? MOST_REQUEST_BYTES,
  }
}

interface Serving {
  readonly context: GatewayContext
  readonly registry: RunRegistry
  /** Requests of which a part is still to come. */
  readonly receiving: Set<IncomingMessage>
}

async function serve(
  { context, registry, receiving }: Serving,
  { own, request, response }: { own: OpenRun | null; request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  try {
    receiving.add(request)
    const received = await receive(context, request, { find: registry.find, own })
    receiving.delete(request)
    if (received.kind === 'received') return await serveExchange(context, received, response)
    if (received.kind === 'gone') return void response.destroy()
    const { status, headers, body } = refusalReply(received.provider, received.kind, received.message)
    response.writeHead(status, headers)
    response.end(body)
  } catch (error) {
    // A bug ends one exchange, and not the gateway.
    context.tell({
      kind: 'trouble',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    response.destroy()
  }
}
