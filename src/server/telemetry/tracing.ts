import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { Request } from 'express'
import type { Estimate } from '../../forecast/estimate.ts'
import { FORETOKEN, GEN_AI, HTTP } from './attributes.ts'
import { hasCollector, openSpanSink } from './otlp.ts'
import { contextOf } from './trace-parent.ts'

/** A request that was answered, as its span tells it. */
export interface TracedRequest {
  readonly request: Request
  /** Null = there is none. */
  readonly route: string | null
  readonly status: number
  readonly requestId: string
  readonly actor: string | null
}

/** A span for each request, and one for each forecast within it; no text of an issue in any. */
export interface Tracing {
  /** Begins the span of a request, and does the rest of it within that. */
  within(request: Request, work: () => void): void
  /** Ends it. */
  answered(told: TracedRequest): void
  /** Makes forecasts within a span each: what they took together is the time of all of them. */
  forecasts<Made extends readonly Estimate[]>(make: () => Promise<Made>): Promise<Made>
  /** Of the request that is being answered; null = it is not traced. */
  traceId(request: Request): string | null
  /** Sends what is left. */
  close(): Promise<void>
}

/** Traces where the environment names a collector, and else costs nothing. */
export async function openTracing(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): Promise<Tracing> {
  if (!hasCollector(env)) return UNTRACED
  const { tracer, close } = await openSpanSink(env, version)
  return { ...tracingWith(tracer), close }
}

const UNTRACED: Tracing = {
  within: (_request, work) => work(),
  answered: () => {},
  forecasts: (make) => make(),
  traceId: () => null,
  close: async () => {},
}

interface Traced {
  readonly span: Span
  readonly context: Context
}

function tracingWith(tracer: Tracer): Omit<Tracing, 'close'> {
  const spans = new WeakMap<Request, Traced>()
  // The one of the request that the code is running for: no global of the API is set, whose users are others.
  const current = new AsyncLocalStorage<Context>()
  return {
    within: (request, work) => {
      const above = contextOf(request.headers)
      const attributes = { [HTTP.method]: request.method, [HTTP.scheme]: request.protocol }
      const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, above)
      const context = trace.setSpan(above, span)
      spans.set(request, { span, context })
      current.run(context, work)
    },
    answered: (told) => {
      const traced = spans.get(told.request)
      if (traced === undefined) return
      spans.delete(told.request)
      endRequest(traced.span, told)
    },
    forecasts: async (make) => {
      const startTime = Date.now()
      const made = await make()
      for (const estimate of made) forecastSpan(tracer, estimate, { startTime, within: current.getStore() })
      return made
    },
    traceId: (request) => spans.get(request)?.span.spanContext().traceId ?? null,
  }
}

function endRequest(span: Span, { request, route, status, requestId, actor }: TracedRequest): void {
  if (route !== null) {
    span.updateName(`${request.method} ${route}`)
    span.setAttribute(HTTP.route, route)
  }
  span.setAttributes({ [HTTP.status]: status, [FORETOKEN.requestId]: requestId })
  if (actor !== null) span.setAttribute(FORETOKEN.actor, actor)
  if (status >= 500) {
    span.setAttribute(HTTP.error, String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

function forecastSpan(
  tracer: Tracer,
  { agent, model, basis, totalTokens, outputTokens, costUsd }: Estimate,
  { startTime, within }: { readonly startTime: number; readonly within: Context | undefined },
): void {
  const attributes = {
    [GEN_AI.operation]: 'forecast',
    [GEN_AI.model]: model,
    [GEN_AI.agent]: agent,
    [FORETOKEN.bundle]: basis.bundle,
    [FORETOKEN.totalTokens]: totalTokens.mean,
    [FORETOKEN.outputTokens]: outputTokens.mean,
    [FORETOKEN.inDistribution]: basis.inDistribution,
    ...(costUsd === null ? {} : { [FORETOKEN.costUsd]: costUsd.mean }),
  }
  const options = { kind: SpanKind.INTERNAL, startTime, attributes }
  tracer.startSpan(`forecast ${model}`, options, within).end()
}
