/** One event of a server-sent event stream. */
export interface SseEvent {
  /** `message` where the stream does not name it. */
  readonly event: string
  readonly data: string
}

/** Takes the bytes of one stream, cut anywhere. */
export interface SseDecoder {
  /** The events that these bytes complete. */
  readonly push: (bytes: Uint8Array) => readonly SseEvent[]
  /** The event that the end of the stream left without its empty line. The standard drops it; it may tell the usage. */
  readonly end: () => readonly SseEvent[]
}

/**
 * A decoder for one stream, by https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * `id` and `retry`, which serve reconnecting, are left out. Time and space are linear in the bytes, however cut.
 */
export function parseSse(): SseDecoder {
  const decoder = new TextDecoder() // replaces what is not UTF-8, drops a byte order mark at the start
  const lines = lineSplitter()
  const events = eventAssembler()
  const read = (text: string): readonly SseEvent[] => events.push(lines.push(text))
  return {
    push: (bytes) => read(decoder.decode(bytes, { stream: true })),
    end: () => [...read(decoder.decode()), ...events.push(lines.end()), ...events.end()],
  }
}

/** Cuts text into lines, which end with CR LF, LF or CR. */
function lineSplitter(): { push: (text: string) => string[]; end: () => string[] } {
  let begun: string[] = []
  let endedWithCr = false
  return {
    push(text) {
      // A line feed at the start of this text may belong to the carriage return at the end of the last one.
      const rest = endedWithCr && text.startsWith('\n') ? text.slice(1) : text
      if (text !== '') endedWithCr = text.endsWith('\r')
      // A pattern takes several times as long, and hardly a stream needs one.
      const complete = rest.includes('\r') ? rest.split(/\r\n|\n|\r/) : rest.split('\n')
      begun.push(complete[0] ?? '')
      if (complete.length === 1) return []
      complete[0] = begun.join('')
      begun = [complete.pop() ?? '']
      return complete
    },
    end() {
      const line = begun.join('')
      begun = []
      return line === '' ? [] : [line]
    },
  }
}

/** Makes events of lines: an empty line ends one, and one without data is none. */
function eventAssembler(): {
  push: (lines: readonly string[]) => readonly SseEvent[]
  end: () => readonly SseEvent[]
} {
  let event = ''
  let data: string[] = []
  const endInto = (ended: SseEvent[]): SseEvent[] => {
    if (data.length > 0) ended.push({ event: event || 'message', data: data.join('\n') })
    event = ''
    data = []
    return ended
  }
  return {
    push(lines) {
      const ended: SseEvent[] = []
      for (const line of lines) {
        if (line === '') endInto(ended)
        else if (isField(line, 'data')) data.push(fieldValue(line, 'data'))
        else if (isField(line, 'event')) event = fieldValue(line, 'event')
      }
      return ended
    },
    end: () => endInto([]),
  }
}

const isField = (line: string, name: string): boolean =>
  line.startsWith(name) && (line.length === name.length || line[name.length] === ':')

/** One space behind the colon is no part of the value. */
const fieldValue = (line: string, { length }: string): string =>
  line.slice(line[length + 1] === ' ' ? length + 2 : length + 1)
