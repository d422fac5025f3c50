import type { Endpoint } from '../endpoint.ts'
import type { OpenRun } from '../runs/open-run.ts'
import type { WireRequest } from '../wire/request-facts.ts'

/** A request that is understood. */
export interface Received {
  readonly kind: 'received'
  readonly run: OpenRun
  readonly endpoint: Endpoint
  readonly method: string
  readonly query: string
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[]
  readonly bytes: Uint8Array
  readonly text: string
  readonly asked: WireRequest
}
