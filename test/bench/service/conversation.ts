import { connect, type Socket } from 'node:net'

/** What came back. */
export interface Reply {
  /** 0 = the connection broke. */
  readonly status: number
  readonly text: string
}

/** A connection on which one request follows the other. */
export interface Conversation {
  readonly post: (body: string) => Promise<Reply>
  readonly end: () => void
}

/** Opens a connection to post JSON. A plain socket takes less of the machine that both share than a client library. */
export function converseWith(target: URL): Conversation {
  const socket = connect(Number(target.port), target.hostname)
  socket.setNoDelay(true)
  const next = replies(socket)
  return {
    post(body) {
      socket.write(
        `POST ${target.pathname} HTTP/1.1\r\nHost: ${target.host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
      return next()
    },
    end: () => socket.destroy(),
  }
}

/** Gives one reply after the other; each has a Content-Length, or is in chunks. */
function replies(socket: Socket): () => Promise<Reply> {
  let pending = ''
  let wake: (reply: Reply) => void = () => {}
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    pending += chunk
    const head = pending.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /content-length: (\d+)/i.exec(pending)?.[1]
    const isWhole =
      length === undefined ? pending.endsWith('0\r\n\r\n') : pending.length >= head + 4 + Number(length)
    if (!isWhole) return
    const reply = { status: Number(pending.slice(9, 12)), text: pending.slice(head + 4) }
    pending = ''
    wake(reply)
  })
  const end = (): void => wake({ status: 0, text: '' })
  socket.on('error', end).on('close', end)
  return () =>
    new Promise((resolve) => {
      wake = resolve
    })
}
