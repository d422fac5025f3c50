import type { Socket } from 'node:net'
import type { Request, RequestHandler, Response } from 'express'
import { type ErrorCode, KnownError } from '../../errors.ts'
import type { ServiceLog } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Tracing } from './tracing.ts'

/** A request that was answered, as the app tells it. */
export interface AnsweredRequest {
  readonly request: Request
  readonly response: Response
  /** The path of its route, without what callers put in; null = there is none. */
  readonly route: string | null
  readonly requestId: string
  /** Null = not known who. */
  readonly actor: string | null
  readonly ms: number
  /** Why it was refused; null, or left out = it was not. */
  readonly reason?: ErrorCode | null
}

/** Log, metrics and traces of the service together. */
export interface Telemetry {
  /** Stands in front of everything else. */
  readonly begin: RequestHandler
  /** Call it once for each request, when its answer was sent or its caller is gone. */
  answered(told: AnsweredRequest): void
  /** Call it with what no catalogue expects. */
  bug(error: unknown, requestId: string | null): void
}

/** @param metrics null = they are off */
export function telemetryOf(log: ServiceLog, metrics: Metrics | null, tracing: Tracing): Telemetry {
  const begun = new WeakMap<Request, Begun>()
  return {
    begin: (request, response, next) => {
      begun.set(request, { socket: request.socket, sentBefore: request.socket.bytesWritten })
      const done = metrics?.begin()
      if (done !== undefined) response.once('close', done)
      tracing.within(request, next)
    },
    answered: ({ request, response, route, requestId, actor, ms, reason = null }) => {
      const status = response.statusCode
      const { method } = request
      const own = begun.get(request)
      const bytes = own === undefined ? null : own.socket.bytesWritten - own.sentBefore
      const traceId = tracing.traceId(request)
      log.request({ requestId, method, route, status, ms: Math.round(ms * 10) / 10, actor, bytes, traceId })
      metrics?.answered({ route, method, status, ms })
      if (reason !== null) metrics?.rejected(reason)
      tracing.answered({ request, route, status, requestId, actor })
    },
    bug: (error, requestId) => log.bug(error, requestId),
  }
}

interface Begun {
  /** The request has none any more when its caller has gone. */
  readonly socket: Socket
  /** By the socket, for the requests before this one. */
  readonly sentBefore: number
}

/** Why a request was refused; null = it is a bug. */
export const reasonOf = (error: unknown): ErrorCode | null =>
  error instanceof KnownError ? error.code : null
