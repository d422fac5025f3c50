/** Cuts a server-sent event stream into its events, byte for byte. */
export interface EventCutter {
  /**
   * The parts of the stream that this text completes: events with their line ends and all lines between them, or, of an
   * event that is longer than may be held, a piece of it.
   */
  readonly push: (text: string) => readonly EventText[]
  /** What has come since the last event, without having been ended. */
  readonly end: () => string
  /** Whether everything that has come was given out. */
  readonly isEmpty: () => boolean
}

export interface EventText {
  readonly text: string
  /** `rest` = belongs to the event before it: the second half of its line end. */
  readonly kind: 'event' | 'piece' | 'rest'
}

/** Chunks of text are some hundred bytes long, and those with usage hardly longer. */
const MAX_HELD_CHARS = 1 << 20

/** A cutter for text with one character for each byte, such as latin1, in which line ends are what they are in UTF-8. */
export function eventCutter(): EventCutter {
  let held: string[] = []
  let heldChars = 0
  let isLineStart = true
  let endedWithCr = false
  let isTooLong = false
  const take = (text: string, isEnd: boolean): EventText => {
    const whole = held.length === 0 ? text : held.join('') + text
    const kind = isTooLong ? 'piece' : 'event'
    held = []
    heldChars = 0
    isTooLong = !isEnd
    return { text: whole, kind: isEnd ? kind : 'piece' }
  }
  return {
    push(text) {
      const parts: EventText[] = []
      let start = 0
      // The line feed belongs to the carriage return before it, and after the end of an event to that event.
      let at = endedWithCr && text.startsWith('\n') ? 1 : 0
      if (at === 1 && heldChars === 0 && !isTooLong) {
        parts.push({ text: '\n', kind: 'rest' })
        start = 1
      }
      const nextBreak = breaksIn(text)
      for (let end = nextBreak(at); end >= 0; end = nextBreak(at)) {
        const isEmptyLine = isLineStart && end === at
        isLineStart = true
        at = end + (text.startsWith('\r\n', end) ? 2 : 1)
        if (!isEmptyLine) continue
        parts.push(take(text.slice(start, at), true))
        start = at
      }
      if (at < text.length) isLineStart = false
      if (text !== '') endedWithCr = text.endsWith('\r')
      const rest = text.slice(start)
      if (rest === '') return parts
      if (heldChars + rest.length > MAX_HELD_CHARS || isTooLong) return [...parts, take(rest, false)]
      held.push(rest)
      heldChars += rest.length
      return parts
    },
    end: () => take('', true).text,
    isEmpty: () => heldChars === 0,
  }
}

/** Where the next line end begins, from a place on; -1 = there is none. */
function breaksIn(text: string): (from: number) => number {
  // A pattern takes several times as long, and hardly a stream needs one.
  if (!text.includes('\r')) return (from) => text.indexOf('\n', from)
  return (from) => {
    LINE_END.lastIndex = from
    return LINE_END.exec(text)?.index ?? -1
  }
}

const LINE_END = /[\r\n]/g
