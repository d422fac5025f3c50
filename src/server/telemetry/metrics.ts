import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../../errors.ts'
import type { Store } from '../../store/open-store.ts'
import { recentRuns } from '../../store/recent-runs.ts'
import type { TrainingTold } from '../learning/training-told.ts'
import { boundedLabel, OTHER } from './bounded-label.ts'
import { type BundleFacts, learningMetrics } from './learning-metrics.ts'
import { runMetrics } from './run-metrics.ts'
import { type Watched, watchMetrics } from './watch-metrics.ts'

/** What the service counts, for Prometheus. */
export interface Metrics {
  /** One more is being answered; call what it returns when it is not any more. */
  begin(): () => void
  answered(told: MeasuredRequest): void
  forecast(made: { readonly model: string; readonly bundle: string }): void
  training(verdict: TrainingTold['verdict']): void
  /** A request that was refused as expected. */
  rejected(reason: ErrorCode): void
  /** Reads the store anew; done on a timer. @throws KnownError, SqliteError */
  refresh(): void
  text(): Promise<{ readonly type: string; readonly text: string }>
  close(): void
}

export interface MeasuredRequest {
  /** Of the route; null = there is none. */
  readonly route: string | null
  readonly method: string
  readonly status: number
  readonly ms: number
}

export interface MetricsOptions {
  readonly store: Store
  /** How many wait, by the name of the queue. */
  readonly queues: Readonly<Record<string, () => number>>
  readonly watched?: Watched
  /** Which bundle forecasts, and how learning stands; left out = nothing is. */
  readonly learning?: () => BundleFacts
  /** Told when the store could not be read; it is tried again. */
  readonly onFailure: (error: unknown) => void
  readonly everyMs?: number
  /** Runs of the store that are looked at, the newest. */
  readonly mostRuns?: number
  /** Names of models, and of agents, that are told apart. */
  readonly mostNames?: number
}

/** From an answer out of memory to a long look into a repository. */
const SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]
const METHODS = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])
const MOST_BUNDLES = 20

export function openMetrics(options: MetricsOptions): Metrics {
  const { store, onFailure, queues, learning, everyMs = 30_000, mostRuns = 500, mostNames = 50 } = options
  const registry = new Registry()
  const http = httpMetrics(registry)
  const forecasts = new Counter({
    ...{ name: 'foretoken_forecasts_total', help: 'Forecasts made' },
    ...{ labelNames: ['model', 'bundle'], registers: [registry] },
  })
  queueMetrics(registry, queues)
  if (options.watched !== undefined) watchMetrics(registry, options.watched, mostNames)
  const training = learningMetrics(registry, () => learning?.() ?? null)
  const delay = delayMetrics(registry)
  const [modelOf, bundleOf] = [boundedLabel(mostNames), boundedLabel(MOST_BUNDLES)]
  const read = recentRuns(store)
  const take = runMetrics(registry, mostNames)
  const refresh = (): void => {
    take(read(mostRuns))
    delay.reset()
  }
  const attempt = (): void => {
    try {
      refresh()
    } catch (error) {
      onFailure(error)
    }
  }
  attempt()
  const timer = setInterval(attempt, everyMs).unref()
  return {
    ...{ ...http, training },
    forecast: ({ model, bundle }) => forecasts.inc({ model: modelOf(model), bundle: bundleOf(bundle) }),
    refresh,
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    close: () => {
      clearInterval(timer)
      delay.disable()
    },
  }
}

function httpMetrics(registry: Registry): Pick<Metrics, 'begin' | 'answered' | 'rejected'> {
  const registers = [registry]
  const duration = new Histogram({
    ...{ name: 'foretoken_http_request_duration_seconds', help: 'Until the answer was sent' },
    ...{ labelNames: ['route', 'method', 'status'], buckets: SECONDS, registers },
  })
  const inFlight = new Gauge({
    ...{ name: 'foretoken_http_requests_in_flight', help: 'Requests being answered', registers },
  })
  const rejected = new Counter({
    ...{ name: 'foretoken_http_rejected_total', help: 'Requests refused, by the code of the failure' },
    ...{ labelNames: ['reason'], registers },
  })
  return {
    begin: () => {
      inFlight.inc()
      return () => inFlight.dec()
    },
    answered: ({ route, method, status, ms }) => {
      const labels = { route: route ?? 'none', method: METHODS.has(method) ? method : OTHER }
      duration.observe({ ...labels, status: `${Math.floor(status / 100)}xx` }, ms / 1000)
    },
    rejected: (reason) => rejected.inc({ reason }),
  }
}

function queueMetrics(registry: Registry, queues: MetricsOptions['queues']): void {
  new Gauge({
    ...{
      name: 'foretoken_queue_length',
      help: 'How many wait',
      labelNames: ['queue'],
      registers: [registry],
    },
    collect() {
      for (const [queue, length] of Object.entries(queues)) this.set({ queue }, length())
    },
  })
}

/** How long the event loop was held up since the store was last read: all requests waited as long. */
function delayMetrics(registry: Registry): { reset(): void; disable(): void } {
  const delays = monitorEventLoopDelay({ resolution: 20 })
  delays.enable()
  new Gauge({
    ...{ name: 'foretoken_event_loop_delay_seconds', help: 'Hold-ups of the event loop' },
    ...{ labelNames: ['quantile'], registers: [registry] },
    collect() {
      // Nothing was measured yet: a quantile of nothing is no number.
      if (delays.count === 0) return this.reset()
      for (const quantile of [0.5, 0.99, 1])
        this.set({ quantile: String(quantile) }, delays.percentile(quantile * 100) / 1e9)
    },
  })
  return { reset: () => delays.reset(), disable: () => delays.disable() }
}
