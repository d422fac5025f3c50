import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { type Asked as AskedOfCassette, askedOf } from './cassette/asked.ts'
import type { CassetteWriter } from './cassette/cassette-writer.ts'
import { type Latency, playChunks } from './cassette/play-chunks.ts'
import type { Player } from './cassette/player.ts'
import { type Recording, recordingOf } from './cassette/recording.ts'
import type { Redactor } from './cassette/redactor.ts'
import { NoReply } from './exchange/no-reply.ts'
import type { Received } from './exchange/received.ts'
import type { Reply, ReplySource } from './exchange/reply-source.ts'
import { withoutCredentials } from './runs/identity.ts'
import type { OpenRun } from './runs/open-run.ts'

const askedIn = ({ endpoint, query, text }: Received, redact: Redactor): AskedOfCassette =>
  askedOf({ target: endpoint, query: withoutCredentials(query), body: Buffer.from(text) }, redact)

/** Replies of another source, written down as they pass. */
export function recordingSource(
  from: Pick<ReplySource, 'open'>,
  { writer, redact }: { readonly writer: CassetteWriter; readonly redact: Redactor },
  onTrouble: (message: string) => void,
): ReplySource {
  const recordings = new WeakMap<Received, Recording>()
  return {
    async open(asked, signal) {
      const { received } = asked
      const begun = {
        asked: () => askedIn(received, redact),
        order: writer.begin(),
        atMs: performance.now(),
      }
      const recording = recordingOf(begun, redact)
      const reply = await from.open(asked, signal)
      recording.head(reply.status, headersOf(reply))
      recordings.set(received, recording)
      return reply
    },
    listen(received) {
      const recording = recordings.get(received)
      if (recording === undefined) return null
      return {
        chunk: (bytes) => recording.chunk(bytes, performance.now()),
        end(ending) {
          const { line, reason } = recording.end(ending, performance.now())
          if (line === null) onTrouble(`an exchange is not recorded: ${reason}`)
          else writer.write(line).catch((error: Error) => onTrouble(`the recording ended: ${error.message}`))
        },
      }
    },
  }
}

function headersOf({ headers }: Reply): Readonly<Record<string, string>> {
  const named: Record<string, string> = {}
  for (let i = 0; i < headers.length; i += 2) named[(headers[i] ?? '').toLowerCase()] = headers[i + 1] ?? ''
  return named
}

/** What clients ask for as often as they like, and is the same each time. */
const STEADY: ReadonlySet<string> = new Set(['count', 'list'])

/** Replies of a cassette: they cost nothing. */
export function cassetteSource(
  player: Player,
  { redact, latency }: { readonly redact: Redactor; readonly latency: Latency },
): ReplySource {
  const clock = {
    now: () => performance.now(),
    sleep: (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }),
  }
  return {
    async open({ received }, signal) {
      const mayRepeat = STEADY.has(received.endpoint.asks.kind)
      const { exchange, miss } = player.next(askedIn(received, redact), mayRepeat)
      if (exchange === null) throw new NoReply('not-recorded', miss.reason)
      const { status, headers } = exchange.reply
      return {
        status,
        headers: Object.entries(headers).flat(),
        body: Readable.from(playChunks(exchange.reply, { latency, signal, clock }), { objectMode: false }),
        isWhole: () => true,
        secret: null,
      }
    },
    listen: () => null,
  }
}

/** Each run has a source of its own: runs side by side, and repeats, get the same replies. */
export function sourceOfEachRun(open: () => ReplySource): ReplySource {
  const sources = new WeakMap<OpenRun, ReplySource>()
  return {
    open(asked, signal) {
      const { run } = asked.received
      const source = sources.get(run) ?? open()
      sources.set(run, source)
      return source.open(asked, signal)
    },
    listen: () => null,
  }
}
