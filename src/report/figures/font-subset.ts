import { type Font, tableOf } from './font.ts'
import { bytesOf, fontFile, joined, viewOf } from './font-file.ts'

/** A font with only the signs of a text, as a TrueType file that browsers take: about 150 bytes a sign. */
export function fontSubset(font: Font, text: string): Uint8Array {
  const codes = [...new Set([...text].map((sign) => sign.codePointAt(0) ?? 0))]
    .filter((code) => font.glyphs.has(code))
    .sort((a, b) => a - b)
  const kept = keptGlyphs(font, codes)
  const place = new Map(kept.map((glyph, index) => [glyph, index]))
  const glyphs = kept.map((glyph) => renumbered(outline(font, glyph), place))
  return fontFile([
    ['OS/2', bytesOf(tableOf(font.tables, 'OS/2'))],
    ['cmap', characterMap(codes.map((code) => [code, place.get(font.glyphs.get(code) ?? 0) ?? 0]))],
    ['glyf', joined(glyphs)],
    ['head', withLongOffsets(tableOf(font.tables, 'head'))],
    ['hhea', with16(tableOf(font.tables, 'hhea'), 34, kept.length)],
    ['hmtx', joined(kept.map((glyph) => metric(font, glyph)))],
    ['loca', offsets(glyphs)],
    ['maxp', with16(tableOf(font.tables, 'maxp'), 4, kept.length)],
    ['name', bytesOf(tableOf(font.tables, 'name'))],
    ['post', withoutNames(tableOf(font.tables, 'post'))],
  ])
}

/** Those of the signs, and the parts they are composed of; 0 is the sign for what is missing. */
function keptGlyphs(font: Font, codes: readonly number[]): readonly number[] {
  const kept = new Set([0, ...codes.map((code) => font.glyphs.get(code) ?? 0)])
  for (const glyph of kept) {
    for (const at of partsAt(outline(font, glyph))) kept.add(viewOf(outline(font, glyph)).getUint16(at))
  }
  return [...kept].sort((a, b) => a - b)
}

function outline({ tables }: Font, glyph: number): Uint8Array {
  const [loca, glyf] = [tableOf(tables, 'loca'), tableOf(tables, 'glyf')]
  const long = tableOf(tables, 'head').getInt16(50) === 1
  const at = (index: number) => (long ? loca.getUint32(4 * index) : 2 * loca.getUint16(2 * index))
  return bytesOf(glyf).subarray(at(glyph), at(glyph + 1))
}

/** Where a composed glyph names its parts. */
function partsAt(glyph: Uint8Array): readonly number[] {
  const view = viewOf(glyph)
  if (glyph.length === 0 || view.getInt16(0) >= 0) return []
  const found: number[] = []
  let at = 10
  let flags = MORE
  while (flags & MORE) {
    flags = view.getUint16(at)
    found.push(at + 2)
    at += 4 + (flags & WORDS ? 4 : 2)
    if (flags & SCALE) at += 2
    else if (flags & TWO_SCALES) at += 4
    else if (flags & MATRIX) at += 8
  }
  return found
}

const [WORDS, SCALE, MORE, TWO_SCALES, MATRIX] = [0x1, 0x8, 0x20, 0x40, 0x80]

function renumbered(glyph: Uint8Array, place: ReadonlyMap<number, number>): Uint8Array {
  const copy = new Uint8Array(Math.ceil(glyph.length / 4) * 4)
  copy.set(glyph)
  for (const at of partsAt(glyph)) {
    viewOf(copy).setUint16(at, place.get(viewOf(glyph).getUint16(at)) ?? 0)
  }
  return copy
}

/** Format 12: groups of one, which every browser takes. */
function characterMap(pairs: readonly (readonly [code: number, glyph: number])[]): Uint8Array {
  const map = new DataView(new ArrayBuffer(28 + 12 * pairs.length))
  map.setUint16(2, 1)
  map.setUint16(4, 3)
  map.setUint16(6, 10)
  map.setUint32(8, 12)
  map.setUint16(12, 12)
  map.setUint32(16, 16 + 12 * pairs.length)
  map.setUint32(24, pairs.length)
  for (const [index, [code, glyph]] of pairs.entries()) {
    for (const [j, value] of [code, code, glyph].entries()) map.setUint32(28 + 12 * index + 4 * j, value)
  }
  return bytesOf(map)
}

function metric({ tables, advance }: Font, glyph: number): Uint8Array {
  const hmtx = tableOf(tables, 'hmtx')
  const full = tableOf(tables, 'hhea').getUint16(34)
  const pair = new DataView(new ArrayBuffer(4))
  pair.setUint16(0, advance(glyph))
  pair.setInt16(2, hmtx.getInt16(glyph < full ? 4 * glyph + 2 : 4 * full + 2 * (glyph - full)))
  return bytesOf(pair)
}

function offsets(glyphs: readonly Uint8Array[]): Uint8Array {
  const loca = new DataView(new ArrayBuffer(4 * (glyphs.length + 1)))
  let sum = 0
  for (const [index, glyph] of glyphs.entries()) {
    sum += glyph.length
    loca.setUint32(4 * (index + 1), sum)
  }
  return bytesOf(loca)
}

/** With the checksum of the whole file at 0, as it is while that is reckoned. */
function withLongOffsets(head: DataView): Uint8Array {
  const copy = with16(head, 50, 1)
  viewOf(copy).setUint32(8, 0)
  return copy
}

function withoutNames(post: DataView): Uint8Array {
  const copy = bytesOf(post).slice(0, 32)
  viewOf(copy).setUint32(0, 0x00030000)
  return copy
}

function with16(table: DataView, at: number, value: number): Uint8Array {
  const copy = bytesOf(table).slice()
  viewOf(copy).setUint16(at, value)
  return copy
}
