import type { Call } from './call.ts'
import { jsonEvents } from './json-events.ts'
import type { Meter } from './meter.ts'

/** Counts one streamed reply from its bytes. */
export interface ByteMeter {
  /** @throws KnownError `usage-malformed`, naming field and value */
  readonly push: (bytes: Uint8Array) => void
  readonly end: () => readonly Call[]
}

/** Feeds a meter with the bytes of a server-sent event stream. A stream with an event that is not JSON, such as one cut off, is incomplete. */
export function meterSse(meter: Meter): ByteMeter {
  const events = jsonEvents(meter)
  return {
    push: events.push,
    end() {
      events.end()
      return meter.end().map((call) => (events.isBroken() ? { ...call, incomplete: true } : call))
    },
  }
}
