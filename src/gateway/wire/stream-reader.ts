import { DIALECTS, type DialectName } from '../../usage/dialects.ts'
import { type EventSink, jsonEvents } from '../../usage/json-events.ts'
import type { Meter } from '../../usage/meter.ts'
import { type BodyReader, MAX_READ_BYTES, messageOf, type ReplyTold, unknownCall } from './body-reader.ts'
import type { Observer } from './observer.ts'
import { observerOf } from './reply-observer.ts'

/** Counts and observes one event stream from its bytes, cut anywhere; every event is parsed once for both. */
export function streamReader(dialect: DialectName): BodyReader {
  const [meter, observer] = [DIALECTS[dialect].meter(), observerOf(dialect)]
  let broken: string | null = null
  const fail = (error: unknown): void => {
    broken ??= messageOf(error)
  }
  const events = jsonEvents(both(meter, observer, fail))
  let heldBytes = 0
  return {
    push(bytes) {
      if (heldBytes > MAX_READ_BYTES) return
      heldBytes = events.push(bytes) > 0 ? 0 : heldBytes + bytes.length
      if (heldBytes > MAX_READ_BYTES) fail(`an event has more than ${MAX_READ_BYTES} bytes`)
    },
    end() {
      events.end()
      if (events.isBroken()) fail('an event is not JSON')
      const calls = callsOf(meter, fail)
      return { calls, facts: observer.end(), broken }
    },
  }
}

/** Both take every event that either may learn from; after one that the meter refuses come others that it takes. */
function both(meter: Meter, observer: Observer, fail: (error: unknown) => void): EventSink {
  return {
    isMute: (data) => meter.isMute?.(data) === true && observer.isMute?.(data) === true,
    push(event) {
      observer.push(event)
      try {
        meter.push(event)
      } catch (error) {
        fail(error)
      }
    },
  }
}

function callsOf(meter: Meter, fail: (error: unknown) => void): ReplyTold['calls'] {
  try {
    return meter.end()
  } catch (error) {
    fail(error)
    return [unknownCall()]
  }
}
