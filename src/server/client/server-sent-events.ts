/** One event of a stream. */
export interface ServerSentEvent {
  /** The id it came with; null = it has none. */
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** Reads a stream of server-sent events (WHATWG HTML, section 9.2); it may be cut anywhere. */
export async function* serverSentEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent, void, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      text += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A carriage return at the end may be half of a line's end.
      const whole = done ? text : text.replace(/\r$/, '')
      const blocks = whole.split(/\r\n\r\n|\n\n|\r\r/)
      text = (blocks.pop() ?? '') + text.slice(whole.length)
      for (const block of blocks) {
        const event = eventIn(block)
        if (event !== null) yield event
      }
      if (done) return // what is not closed by an empty line is no event
    }
  } finally {
    await reader.cancel().catch(() => {}) // it may have failed: then there is nothing to end
  }
}

function eventIn(block: string): ServerSentEvent | null {
  const fields = block.split(/\r\n|\n|\r/).map(fieldIn)
  const last = (name: string): string | null => fields.findLast(([own]) => own === name)?.[1] ?? null
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  return data.length === 0
    ? null
    : { id: last('id'), event: last('event') ?? 'message', data: data.join('\n') }
}

function fieldIn(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
}
