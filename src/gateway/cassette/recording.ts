import type { Ending } from '../exchange/exchange.ts'
import type { Asked } from './asked.ts'
import { bodyPieces } from './body-pieces.ts'
import type { Chunk, Recorded, RecordedReply } from './cassette-file.ts'
import { redactDeltas } from './redact-deltas.ts'
import type { Redactor } from './redactor.ts'
import { tellingHeaders } from './reply-headers.ts'

/** A reply that is longer is not recorded; providers' longest are a hundredth of it. */
export const MAX_REPLY_BYTES = 64 * 1024 * 1024

/** The line of an exchange, or why it has none. */
export type RecordingResult =
  | { readonly line: Recorded; readonly reason: null }
  | { readonly line: null; readonly reason: string }

/** One exchange while it happens. All times are of one clock, in ms. */
export interface Recording {
  readonly head: (status: number, headers: Parameters<typeof tellingHeaders>[0]) => void
  /** Bytes of the body, decoded; they are held, not copied, until the end. */
  readonly chunk: (bytes: Uint8Array, atMs: number) => void
  /** `ending` as the gateway tells it. */
  readonly end: (ending: Ending, atMs: number) => RecordingResult
}

/** Which exchanges a cassette keeps, by how they ended: those that a provider answered. */
const KEPT = {
  ok: 'whole',
  refused: 'whole',
  'client-gone': 'cut',
  'upstream-lost': 'cut',
  cut: 'cut',
  unfinished: 'cut',
  'over-budget': null,
  rejected: null,
} as const satisfies Record<Ending, RecordedReply['ending'] | null>

/** What a recording begins with. */
export interface Begun {
  /** Called at the end: what it costs delays no reply. */
  readonly asked: () => Asked
  /** The how manieth exchange it is to begin. */
  readonly order: number
  readonly atMs: number
}

/** Records an exchange. While it goes on, a chunk is only noted: all work is done at its end. */
export function recordingOf({ asked, order, atMs }: Begun, redact: Redactor): Recording {
  let head: Pick<RecordedReply, 'status' | 'headers'> | null = null
  let chunks: { readonly bytes: Uint8Array; readonly atMs: number }[] = []
  let size = 0
  return {
    head: (status, headers) => {
      const told = Object.entries(tellingHeaders(headers)).map(([name, value]) => [name, redact.text(value)])
      head = { status, headers: Object.fromEntries(told) }
    },
    chunk: (bytes, chunkMs) => {
      size += bytes.length
      if (size > MAX_REPLY_BYTES) chunks = []
      else chunks.push({ bytes, atMs: chunkMs })
    },
    end: (how, endMs) => {
      const ending = KEPT[how]
      if (ending === null) return without('the gateway answered it by itself')
      if (head === null) return without('the provider did not answer')
      if (size > MAX_REPLY_BYTES) return without(`its reply is longer than ${MAX_REPLY_BYTES / 2 ** 20} MiB`)
      const body = bodyOf(
        chunks.map(({ bytes }) => bytes),
        redact,
      )
      const delays = delaysOf([atMs, ...chunks.map((chunk) => chunk.atMs), endMs])
      return { line: { order, ...asked(), reply: { ...head, ...timed(body, delays), ending } }, reason: null }
    },
  }
}

const without = (reason: string): RecordingResult => ({ line: null, reason })

/** Whole milliseconds between moments, whose sum is that of the moments: rounding does not add up. */
const delaysOf = (moments: readonly number[]): readonly number[] =>
  moments
    .slice(1)
    .map((moment, index) => Math.max(0, Math.round(moment) - Math.round(moments[index] ?? moment)))

type Body = Pick<RecordedReply, 'encoding'> & { readonly pieces: readonly string[] }

function bodyOf(chunks: readonly Uint8Array[], redact: Redactor): Body {
  const { kind, pieces } = bodyPieces(chunks)
  const kept = redact.pieces(redactDeltas(pieces, redact.pieces))
  if (kind === 'utf-8') return { encoding: kind, pieces: kept }
  return {
    encoding: 'base64',
    pieces: kept.map((piece) => Buffer.from(piece, 'latin1').toString('base64')),
  }
}

/** Pieces with their delays; those that nothing is left of only delay what follows. */
function timed(
  { encoding, pieces }: Body,
  delays: readonly number[],
): Pick<RecordedReply, 'encoding' | 'chunks' | 'endDelayMs'> {
  const chunks: Chunk[] = []
  let delayMs = 0
  for (const [index, piece] of pieces.entries()) {
    delayMs += delays[index] ?? 0
    if (piece === '') continue
    chunks.push([delayMs, piece])
    delayMs = 0
  }
  return { encoding, chunks, endDelayMs: delayMs + (delays[pieces.length] ?? 0) }
}
