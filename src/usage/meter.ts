import type { Call } from './call.ts'
import type { EventSink } from './json-events.ts'

/**
 * Counts one streamed reply. An exchange is mostly one call, but none when the provider refused it, and several when
 * the provider called further models to answer it.
 */
export interface Meter extends EventSink {
  /** The next event of the stream, parsed from JSON. @throws KnownError `usage-malformed`, naming field and value */
  readonly push: (event: unknown) => void
  /** What was used; incomplete unless the stream has told its final counts. */
  readonly end: () => readonly Call[]
}

/** How one provider's protocol tells what was used. */
export interface Dialect {
  /** The calls of a whole reply. @throws KnownError `usage-malformed`, naming field and value */
  readonly message: (body: unknown) => readonly Call[]
  /** A fresh meter for a streamed reply. */
  readonly meter: () => Meter
}
