/** A TrueType font, read as far as widths and subsets need: https://learn.microsoft.com/typography/opentype/spec/otff */
export interface Font {
  readonly bytes: Uint8Array
  readonly tables: ReadonlyMap<string, DataView>
  readonly unitsPerEm: number
  /** The glyph of a code point; what is not in it, the font cannot show. */
  readonly glyphs: ReadonlyMap<number, number>
  /** Of a glyph, in units. */
  readonly advance: (glyph: number) => number
}

/** @throws Error when the bytes are no TrueType font: ours are shipped, so that is a bug. */
export function parseFont(bytes: Uint8Array): Font {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tables = new Map<string, DataView>()
  for (let j = 0; j < file.getUint16(4); j++) {
    const entry = 12 + 16 * j
    const tag = String.fromCharCode(...bytes.subarray(entry, entry + 4))
    const [offset, length] = [file.getUint32(entry + 8), file.getUint32(entry + 12)]
    tables.set(tag, new DataView(bytes.buffer, bytes.byteOffset + offset, length))
  }
  const metrics = tableOf(tables, 'hmtx')
  const last = tableOf(tables, 'hhea').getUint16(34) - 1
  return {
    bytes,
    tables,
    unitsPerEm: tableOf(tables, 'head').getUint16(18),
    glyphs: glyphsOf(tableOf(tables, 'cmap')),
    advance: (glyph) => metrics.getUint16(4 * Math.min(glyph, last)),
  }
}

export function tableOf(tables: ReadonlyMap<string, DataView>, tag: string): DataView {
  const table = tables.get(tag)
  if (table === undefined) throw new Error(`the font has no table ${tag}`)
  return table
}

/** The character map for the Basic Multilingual Plane (format 4); the figures need no sign beyond it. */
function glyphsOf(cmap: DataView): ReadonlyMap<number, number> {
  const glyphs = new Map<number, number>()
  const at = unicodeMap(cmap)
  const doubled = cmap.getUint16(at + 6)
  for (let j = 0; j < doubled; j += 2) {
    const end = cmap.getUint16(at + 14 + j)
    const start = cmap.getUint16(at + 16 + doubled + j)
    const delta = cmap.getUint16(at + 16 + 2 * doubled + j)
    const rangeAt = at + 16 + 3 * doubled + j
    const range = cmap.getUint16(rangeAt)
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const raw = range === 0 ? code : cmap.getUint16(rangeAt + range + 2 * (code - start))
      const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff
      if (glyph !== 0) glyphs.set(code, glyph)
    }
  }
  return glyphs
}

function unicodeMap(cmap: DataView): number {
  for (let j = 0; j < cmap.getUint16(2); j++) {
    const entry = 4 + 8 * j
    const offset = cmap.getUint32(entry + 4)
    const windows = cmap.getUint16(entry) === 3 && cmap.getUint16(entry + 2) === 1
    if (windows && cmap.getUint16(offset) === 4) return offset
  }
  throw new Error('the font has no character map of format 4')
}
