import type { Family } from './language.ts'
import { hashTerm } from './term.ts'

/** What a word can be in source code, as bits. */
export const KEYWORD = {
  branch: 1,
  modifier: 2,
  control: 4,
  importer: 8,
  /** Names no function: in `a = function (` it is `a` that is defined. */
  anonymous: 16,
  /** Begins a definition or a declaration in Cython, with types before the name. */
  typed: 256,
} as const

/** The bit of words that begin a definition, by family. */
export const DEFINER: Readonly<Record<Family, number>> = { indent: 32, brace: 64, end: 128, prose: 0 }

const WORDS: readonly (readonly [bit: number, words: string])[] = [
  [KEYWORD.branch, 'if elif else for while case catch except match when and or switch unless rescue'],
  [
    KEYWORD.modifier,
    'async export default public private protected static final abstract pub const unsafe extern inline virtual override open sealed internal partial local data suspend declare typedef',
  ],
  [
    KEYWORD.control,
    'if for while switch catch else do try return synchronized with using lock foreach match elif elseif case loop when guard until',
  ],
  [KEYWORD.importer, 'import from require require_relative include use using extends'],
  [KEYWORD.anonymous, 'function func fn async'],
  [KEYWORD.typed, 'cdef cpdef'],
  [DEFINER.indent, 'def class cdef cpdef'],
  [
    DEFINER.brace,
    'function class interface struct enum trait impl func fn fun type namespace object record def sub protocol extension mod union',
  ],
  [DEFINER.end, 'def class module defmodule defp function'],
]

const BITS = new Map<number, number>()
/** Rules out nearly every word by the low 16 bits of its hash. */
const MAY_BE = new Uint8Array(1 << 16)
for (const [bit, words] of WORDS) {
  for (const hash of words.split(' ').map(hashTerm)) {
    BITS.set(hash, (BITS.get(hash) ?? 0) | bit)
    MAY_BE[hash & 0xffff] = 1
  }
}

/** What the word with this hash can be: bits of {@link KEYWORD} and {@link DEFINER}, mostly none. */
export function keywordBits(hash: number): number {
  return MAY_BE[hash & 0xffff] === 0 ? 0 : (BITS.get(hash) ?? 0)
}
