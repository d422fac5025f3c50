import type { TrajectoryType } from './documents.ts'

/** How a client asks. */
export interface ClientOptions {
  /** An API key; none where the service asks for none. */
  readonly key?: string
  /** Instead of the `fetch` of the platform. */
  readonly fetch?: typeof fetch
  /** So often a request is sent again where that is safe: after a break of the network, 429 and 503; 3 when left out. */
  readonly retries?: number
  /** Who is told to come back later than that gives up; 60 000 when left out. */
  readonly mostWaitMs?: number
}

/** Of one request. */
export interface Asking {
  /** Ends it, and the waiting for another try. */
  readonly signal?: AbortSignal
}

/** Of a request that does something. */
export interface Doing extends Asking {
  /** To send it again from elsewhere, and get the answer of the first time; one of its own when left out. */
  readonly idempotencyKey?: string
}

/** What a trajectory is called, and its media type. */
export interface Named extends Doing {
  /** Some formats are told apart by it, as `result.json`. */
  readonly name?: string
  /** `application/octet-stream` when left out. */
  readonly type?: TrajectoryType
}

/** What a trajectory is sent as. */
export type TrajectoryBody = Blob | ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | string
