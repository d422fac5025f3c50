import type { Request, Response } from 'express'
import type { Store } from '../../store/open-store.ts'
import type { Answered } from '../http/arrive.ts'
import type { ServiceSettings } from '../settings/service-settings.ts'
import { type AuditTrail, auditTrail } from './audit-trail.ts'
import { whoAsks } from './authentication.ts'
import { type Authenticator, authenticator } from './authenticator.ts'
import { guessLimit } from './guess-limit.ts'
import { keyUses } from './key-uses.ts'
import { needsKeys } from './needs-keys.ts'
import type { Principal } from './principal.ts'
import { openSessions } from './sessions.ts'

/** Who asks, and what of it is written down. */
export interface Access {
  readonly authenticator: Authenticator
  readonly requiresKey: boolean
  readonly authenticate: (request: Request) => Principal
  /** Writes down what a request did, where it did something. */
  readonly note: (told: Answered) => void
  readonly close: () => void
}

interface AccessOptions {
  readonly store: Store
  readonly service: ServiceSettings
  readonly nowMs: () => number
  readonly onFailure: (error: unknown) => void
}

export function openAccess({ store, service, nowMs, onFailure }: AccessOptions): Access {
  const uses = keyUses({ store, nowMs, onFailure })
  const trail = auditTrail({ store, onFailure })
  const requiresKey = needsKeys(service)
  const own = authenticator({
    ...{ store, requiresKey, nowMs, publicUrl: service.publicUrl, onUse: uses.used },
    guesses: guessLimit({ nowMs }),
    sessions: openSessions({ nowMs }),
  })
  return {
    authenticator: own,
    requiresKey,
    authenticate: whoAsks(own),
    note: (told) => noteRequest(trail, told, nowMs()),
    close() {
      uses.close()
      trail.close()
    },
  }
}

/** Estimates and verdicts change nothing, and say themselves who asked for them. */
const HARMLESS = new Set(['/v1/estimates', '/v1/verdicts', '/'])
const REFUSED = new Set(['key-refused', 'scope-missing', 'origin-refused'])

function noteRequest(
  trail: AuditTrail,
  { request, response, route, requestId, actor, address, reason }: Answered,
  atMs: number,
): void {
  const { method } = request
  const isChange = method !== 'GET' && method !== 'HEAD' && response.statusCode < 400
  const isNoted = isChange ? route !== null && !HARMLESS.has(route) : reason !== null && REFUSED.has(reason)
  if (!isNoted) return
  trail.note({
    atMs,
    actor: actor ?? 'nobody',
    action: `${method.toLowerCase()} ${route ?? 'no route'}`,
    subject: subjectOf(request, response),
    request: requestId,
    address,
    detail: reason ?? String(response.statusCode),
  })
}

/** The id of what was made, or was named. */
function subjectOf({ params }: Request, response: Response): string | null {
  const made = response.getHeader('Location')
  if (typeof made === 'string') return made
  return typeof params.id === 'string' ? params.id : null
}
