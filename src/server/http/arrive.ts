import type { Request, Response } from 'express'
import type { ErrorCode } from '../../errors.ts'
import type { Principal } from '../auth/principal.ts'
import { requestIdOf } from './request-id.ts'

/** A request that was answered. */
export interface Answered {
  readonly request: Request
  readonly response: Response
  /** The path of its route, without what callers put in; null = there is none. */
  readonly route: string | null
  readonly requestId: string
  readonly actor: string | null
  /** Of the client; null = not known. */
  readonly address: string | null
  readonly ms: number
  /** Why it was refused; null = it was not, or by a bug. */
  readonly reason: ErrorCode | null
}

/** A request on its way; what is found out about it is told when it has been answered. */
export interface Arrived {
  readonly requestId: string
  principal: Principal | null
  reason: ErrorCode | null
}

/** Gives a request its id, and has its end told. */
export function arrive(
  request: Request,
  response: Response,
  { path, onAnswer }: { readonly path: string | null; readonly onAnswer: (told: Answered) => void },
): Arrived {
  const startMs = performance.now()
  const arrived: Arrived = {
    requestId: requestIdOf(request.get('request-id')),
    principal: null,
    reason: null,
  }
  // Of who has gone by the end, nothing is known then: not even the socket is there.
  const address = request.ip ?? null
  response.setHeader('Request-Id', arrived.requestId)
  response.on('close', () => {
    const { requestId, principal, reason } = arrived
    const ms = performance.now() - startMs
    const actor = principal?.actor ?? null
    onAnswer({ request, response, route: path, requestId, actor, address, ms, reason })
  })
  return arrived
}
