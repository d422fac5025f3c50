import o200k from 'tiktoken/encoders/o200k_base.json' with { type: 'json' }
import { Tiktoken } from 'tiktoken/lite'
import { isOfRareScript, tokenPieces } from './token-pieces.ts'

/** tiktoken takes quadratic time on an unbroken run of letters: longer ones are cut, at most a token off per cut. */
const MAX_RUN = 256
/** It overflows on very long input: a piece is counted in parts, cut where no token can cross. */
const PIECE = 8192
/** Words come again and again: so many are remembered, up to this length. */
const MOST_REMEMBERED = 50_000
const LONGEST_REMEMBERED = 40

let encoder: Tiktoken | undefined
let remembered = new Map<string, number>()

/** Tokens of a text in OpenAI's o200k encoding, exact but for the cuts above; special tokens count as plain text. */
export function countTokens(text: string): number {
  if (isOfRareScript(text)) return countWhole(text)
  let tokens = 0
  for (const piece of tokenPieces(text)) tokens += remembered.get(piece) ?? countPiece(piece)
  return tokens
}

/** By tiktoken alone. */
function countWhole(text: string): number {
  encoder ??= new Tiktoken(o200k.bpe_ranks, o200k.special_tokens, o200k.pat_str)
  let tokens = 0
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start)
    tokens += encoder.encode(text.slice(start, end), [], []).length
    start = end
  }
  return tokens
}

function countPiece(piece: string): number {
  const tokens = countWhole(piece)
  if (piece.length > LONGEST_REMEMBERED) return tokens
  if (remembered.size >= MOST_REMEMBERED) remembered = new Map()
  // A copy of its own: the piece would keep the whole text alive.
  remembered.set(Buffer.from(piece).toString(), tokens)
  return tokens
}

/** Where the piece that begins at `start` ends: after a letter or digit before white space, or where a run is cut. */
function pieceEnd(text: string, start: number): number {
  let run = 0
  let safe = -1
  let before: Kind = 'space'
  for (let at = start; at < text.length; at++) {
    const kind = kindOf(text.charCodeAt(at))
    run = kind === before ? run + 1 : 1
    if (run > MAX_RUN) return unbroken(text, at)
    if (kind === 'space' && before === 'word') safe = at
    if (at - start >= PIECE) return safe > start ? safe : unbroken(text, at)
    before = kind
  }
  return text.length
}

type Kind = 'space' | 'word' | 'other'

function kindOf(code: number): Kind {
  if (code <= 32) return 'space'
  const letter = (code | 32) >= 97 && (code | 32) <= 122
  return letter || (code >= 48 && code <= 57) || code >= 128 ? 'word' : 'other'
}

/** A cut that does not part a surrogate pair. */
function unbroken(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}
