import type { IncomingHttpHeaders } from 'node:http'
import { type Context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api'

/**
 * The span that a caller says it asks within (W3C Trace Context, level 1). What is not well-formed is left out, as that
 * says: the request then begins a trace of its own.
 */
export function contextOf(headers: IncomingHttpHeaders): Context {
  const { traceparent, tracestate } = headers
  const [, version, traceId = '', spanId = '', flags = '', more] =
    FORM.exec(typeof traceparent === 'string' ? traceparent : '') ?? []
  const isUnknown = version === undefined || version === 'ff' || (version === '00' && more !== undefined)
  if (isUnknown || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT
  const states = typeof tracestate === 'string' ? { traceState: createTraceState(tracestate) } : {}
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true, ...states }
  return trace.setSpanContext(ROOT_CONTEXT, span)
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
