import { parseSse, type SseEvent } from './sse.ts'

/** What takes the events of one stream. */
export interface EventSink {
  /**
   * Whether an event certainly tells nothing new, by a look at its text that is cheaper than to parse it. True only
   * where `push` would change nothing, were the text JSON and of a shape that `push` takes.
   */
  readonly isMute?: (data: string) => boolean
  /** The next event, parsed from JSON. */
  readonly push: (event: unknown) => void
}

/** The JSON objects of a server-sent event stream, as its bytes come, cut anywhere. */
export interface JsonEvents {
  /** How many events these bytes complete. */
  readonly push: (bytes: Uint8Array) => number
  readonly end: () => void
  /** Whether an event was no JSON, such as one that was cut off. */
  readonly isBroken: () => boolean
}

/** Feeds a sink with every event that may tell it something. */
export function jsonEvents(sink: EventSink): JsonEvents {
  const decoder = parseSse()
  let isBroken = false
  const feed = ({ data }: SseEvent): void => {
    if (!OBJECT.test(data)) return // such as OpenAI's [DONE]
    // A text that was cut off may yet have told something.
    if (sink.isMute !== undefined && data.endsWith('}') && sink.isMute(data)) return
    const event = parseOrNull(data)
    if (event === null) isBroken = true
    else sink.push(event)
  }
  return {
    push(bytes) {
      const events = decoder.push(bytes)
      events.forEach(feed)
      return events.length
    },
    end: () => decoder.end().forEach(feed),
    isBroken: () => isBroken,
  }
}

const OBJECT = /^\s*\{/

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // told by `isBroken`
  }
}
