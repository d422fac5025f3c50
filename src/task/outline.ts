/**
 * What is kept of one source file: its units (definitions, and the code outside them) with the terms in each, its
 * imports and its sizes. One flat array, so that a cached file is read without parsing:
 *
 *     version lines branches units imports terms quotable | units × UNIT_WORDS | imports | terms (hash << 8 | count) |
 *     hashes of the lines long enough to be recognised in a quotation
 */
export type Outline = Uint32Array

/** Raised whenever the scanner's output changes: cached outlines of another version are not used. */
export const OUTLINE_VERSION = 4
export const HEADER_WORDS = 7
export const UNIT_WORDS = 6

/** Words of one unit, as offsets from its start. */
export const UNIT = { name: 0, line: 1, lines: 2, tokens: 3, branches: 4, firstTerm: 5 } as const

export const outlineLines = (outline: Outline): number => outline[1] ?? 0
export const outlineBranches = (outline: Outline): number => outline[2] ?? 0
export const outlineUnits = (outline: Outline): number => outline[3] ?? 0

/** Index of the first word of unit `unit`. */
export const unitAt = (unit: number): number => HEADER_WORDS + unit * UNIT_WORDS

/** Hashes of the modules the file imports. */
export function outlineImports(outline: Outline): Uint32Array {
  const start = unitAt(outlineUnits(outline))
  return outline.subarray(start, start + (outline[4] ?? 0))
}

/** Index of the first term of the file. */
export const termsAt = (outline: Outline): number => unitAt(outlineUnits(outline)) + (outline[4] ?? 0)

/** Index after the last term of the file. */
export const termsEnd = (outline: Outline): number => termsAt(outline) + (outline[5] ?? 0)

/** Hashes of the file's quotable lines. */
export const outlineQuotable = (outline: Outline): Uint32Array => outline.subarray(termsEnd(outline))

/** Whether bytes from a cache are a whole outline of this version. */
export function isOutline(outline: Outline): boolean {
  if (outline.length < HEADER_WORDS || outline[0] !== OUTLINE_VERSION) return false
  return outline.length === termsEnd(outline) + (outline[6] ?? 0)
}
