import type { Tracer } from '@opentelemetry/api'
import { SERVICE } from './attributes.ts'

/** Where spans go. */
export interface SpanSink {
  readonly tracer: Tracer
  /** Sends what is left, and ends; a collector that does not answer is waited for only so long. */
  close(): Promise<void>
}

/** Whoever ends the service does not wait longer for a collector. */
const CLOSE_MS = 3000

/** Whether the environment names a collector (OpenTelemetry, "OTLP exporter configuration"). */
export const hasCollector = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' && endpointOf(env) !== null

/** That of traces as it is, or that of all signals with the path of traces behind it. */
function endpointOf(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT
  return base ? `${base.replace(/\/$/, '')}/v1/traces` : null
}

/**
 * Sends spans to the collector of the environment, by OTLP over http. The SDK is loaded only here: without a collector
 * the service does not start slower. Headers and the like the exporter reads from `OTEL_EXPORTER_OTLP_*` itself.
 */
export async function openSpanSink(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): Promise<SpanSink> {
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  const url = endpointOf(env)
  const exporter = new OTLPTraceExporter(url === null ? {} : { url })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      [SERVICE.name]: env.OTEL_SERVICE_NAME ?? 'foretoken',
      [SERVICE.version]: version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: CLOSE_MS })],
  })
  return {
    tracer: provider.getTracer('foretoken', version),
    close: async () => {
      const patience = Promise.withResolvers<void>()
      const timer = setTimeout(patience.resolve, CLOSE_MS)
      await Promise.race([provider.shutdown(), patience.promise]).finally(() => clearTimeout(timer))
    },
  }
}
