import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PriceBook } from '../pricing/price-book.ts'
import type { Outcome } from '../trajectory/run.ts'
import type { Totals } from '../usage/sum-calls.ts'
import type { Limits } from './budget/limits.ts'
import { type Door, openDoor } from './door.ts'
import type { Provider } from './endpoint.ts'
import type { Exchange } from './exchange/exchange.ts'
import { receive } from './exchange/receive.ts'
import { refusalReply } from './exchange/refusal.ts'
import type { ReplySource } from './exchange/reply-source.ts'
import { serveExchange } from './exchange/serve-exchange.ts'
import type { GatewayContext, GatewayEvent } from './gateway-context.ts'
import type { ListenAt } from './listen.ts'
import type { Recorder } from './records/recorder.ts'
import type { Group, OpenRun } from './runs/open-run.ts'
import { pricesNow } from './runs/prices-now.ts'
import { type RunRegistry, type RunRequest, runRegistry } from './runs/run-registry.ts'

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
  /**
   * Opens a socket on which everything is of this run, whatever key of a provider is sent. Only its owner can connect: give
   * it to the user of the agent with `chown`. It closes with the run.
   */
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
  const sockets = new Map<OpenRun, Door[]>()
  const open = (at: ListenAt, own: OpenRun | null): Promise<Door> =>
    openDoor(at, (request, response, onReceived) => {
      if (own !== null || control?.(request, response) !== true)
        return serve(context, registry, { own, request, response, onReceived })
    })
  const server = await open({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 }, null)
  const closeSockets = async (run: OpenRun): Promise<void> => {
    const opened = sockets.get(run) ?? []
    sockets.delete(run)
    await Promise.all(opened.map((door) => door.close()))
  }
  const gatewayRun = (run: OpenRun, key: string): GatewayRun => ({
    id: run.meta.id,
    key,
    baseUrl: `${server.address}/run/${key}`,
    state: run,
    totals: () => run.totals,
    exchanges: () => run.exchanges,
    async openSocket(path) {
      const door = await open({ socket: path }, run)
      if (run.closed !== null) return door.close()
      sockets.set(run, [...(sockets.get(run) ?? []), door])
    },
    async close(outcome = null) {
      registry.closeRun(run, outcome)
      await closeSockets(run)
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
      await Promise.all([server.close(), ...[...sockets.keys()].map(closeSockets)])
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

interface Visit {
  /** Of whose socket it came; null = of none's. */
  readonly own: OpenRun | null
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly onReceived: () => void
}

async function serve(
  context: GatewayContext,
  registry: RunRegistry,
  { own, request, response, onReceived }: Visit,
): Promise<void> {
  try {
    const received = await receive(context, request, { find: registry.find, own })
    onReceived()
    if (received.kind === 'received') return await serveExchange(context, received, response)
    if (received.kind === 'gone') return void request.socket.destroy()
    const { status, headers, body } = refusalReply(received.provider, received.kind, received.message)
    response.writeHead(status, headers)
    response.end(body)
  } catch (error) {
    // A bug ends one exchange, and not the gateway.
    context.tell({
      kind: 'trouble',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    request.socket.destroy()
  }
}
