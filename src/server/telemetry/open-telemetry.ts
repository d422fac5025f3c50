import type { Store } from '../../store/open-store.ts'
import type { ServiceSettings } from '../settings/service-settings.ts'
import type { BundleFacts } from './learning-metrics.ts'
import { openLog, type ServiceLog } from './log.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { type Telemetry, telemetryOf } from './telemetry.ts'
import { openTracing, type Tracing } from './tracing.ts'
import type { Watched } from './watch-metrics.ts'

/** Log, metrics and traces, opened. */
export interface Observed {
  readonly log: ServiceLog
  /** Null = they are off. */
  readonly metrics: Metrics | null
  readonly tracing: Tracing
  readonly telemetry: Telemetry
  readonly close: () => Promise<void>
}

interface ObservedOptions {
  readonly store: Store
  readonly service: ServiceSettings
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly nowMs: () => number
  /** Takes a line of the log. */
  readonly write: (line: string) => void
  /** How many wait, by the name of the queue. */
  readonly queues: Readonly<Record<string, () => number>>
  readonly watched: Watched
  /** Which bundle forecasts, and how learning stands. */
  readonly learning: () => BundleFacts
}

export async function openTelemetry(options: ObservedOptions): Promise<Observed> {
  const { store, service, env, version, nowMs, write, queues, watched, learning } = options
  const log = openLog({ ...service.log, version, nowMs, write })
  const onFailure = (error: unknown): void => log.warn('metrics', { message: String(error) })
  const metrics = service.telemetry ? openMetrics({ store, queues, watched, learning, onFailure }) : null
  const tracing = await openTracing(service.telemetry ? env : {}, version)
  return {
    ...{ log, metrics, tracing, telemetry: telemetryOf(log, metrics, tracing) },
    async close() {
      metrics?.close()
      await tracing.close()
    },
  }
}
