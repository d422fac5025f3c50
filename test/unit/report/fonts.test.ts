import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseFont } from '../../../src/report/figures/font.ts'
import { fontSubset } from '../../../src/report/figures/font-subset.ts'
import { cutMiddle, plainName } from '../../../src/report/figures/plain-name.ts'
import { readFonts } from '../../../src/report/figures/read-fonts.ts'
import { textWidth } from '../../../src/report/figures/text-width.ts'
import { HOSTILE } from '../../fixtures/report.ts'

const fonts = readFonts()
const width = textWidth(fonts)

describe('the shipped fonts', () => {
  it('are as wide as fontTools 4 says', () => {
    assert.deepEqual(
      ['total tokens per run', '$0.35 – 67.4 %', '≥ 1.01 M × τ', 'qwen3-coder-480b'].map((text) => [
        width(text, 1000),
        width(text, 1000, true),
      ]),
      [
        [8250, 8521],
        [5881, 6062],
        [4719, 4859],
        [7876, 8093],
      ],
    )
  })

  it('have every sign the figures and cells write by themselves', () => {
    for (const { glyphs } of [fonts.regular, fonts.bold]) {
      assert.ok([...'…□–−×±≥≤→§⁰¹²³⁴⁵⁶⁷⁸⁹·’“”τρ%$'].every((sign) => glyphs.has(sign.codePointAt(0) ?? 0)))
    }
  })
})

describe('a subset of a font', () => {
  it('has the signs of the text, as wide and with the same outlines, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aéÄ½ijfg0%×≥→τ🚀م ') }), (text) => {
        const subset = parseSubset(fontSubset(fonts.regular, text))
        const known = [...new Set(text)].filter((sign) => fonts.regular.glyphs.has(sign.codePointAt(0) ?? 0))
        assert.deepEqual([...subset.keys()].sort(), known.map((sign) => sign.codePointAt(0)).sort())
        for (const sign of known) assert.equal(subset.get(sign.codePointAt(0) ?? 0), width(sign, 1000))
      }),
      { numRuns: 50 },
    )
  })

  it('is small, and the same each time', () => {
    const text = 'Resolution rate 0123456789 %'
    assert.ok(fontSubset(fonts.bold, text).length < 9000)
    assert.deepEqual(fontSubset(fonts.bold, text), fontSubset(fonts.bold, [...text].reverse().join('')))
  })

  it('sums to the checksum every font has', () => {
    const bytes = fontSubset(fonts.regular, 'Ä checksum')
    const view = new DataView(bytes.buffer)
    let sum = 0
    for (let at = 0; at < bytes.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0
    assert.equal(sum, 0xb1b0afba)
  })
})

describe('a name in a figure', () => {
  const plain = (name: string) => plainName(fonts, name)

  it('has only signs of the font, on one line, in the order they are read', () => {
    assert.equal(plain('a\nb\tc'), 'a b c')
    assert.equal(plain(HOSTILE.reordered), 'safegnp.exe')
    assert.equal(plain('模型 x'), '□□ x')
    assert.equal(plain(HOSTILE.lone), 'half of a pair')
    assert.equal(plain(HOSTILE.script), HOSTILE.script)
  })

  it('is cut in the middle until it fits', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 12, max: 300 }), (name, room) => {
        const measure = (text: string) => width(text, 10)
        const cut = cutMiddle(name, room, measure)
        assert.ok(measure(cut) <= room)
        const [begin = '', end = ''] = cut === name ? [name, name] : cut.split(/…(?=[^…]*$)/)
        assert.ok(name.startsWith(begin) && name.endsWith(end))
      }),
    )
  })
})

/** Advances by code point, read from the tables anew (format 12 of the character map). */
function parseSubset(bytes: Uint8Array): ReadonlyMap<number, number> {
  const view = new DataView(bytes.buffer)
  const tables = new Map(
    Array.from({ length: view.getUint16(4) }, (_, j) => [
      String.fromCharCode(...bytes.subarray(12 + 16 * j, 16 + 16 * j)),
      view.getUint32(20 + 16 * j),
    ]),
  )
  const map = (tables.get('cmap') ?? 0) + 12
  return new Map(
    Array.from({ length: view.getUint32(map + 12) }, (_, j) => {
      const at = map + 16 + 12 * j
      return [view.getUint32(at), view.getUint16((tables.get('hmtx') ?? 0) + 4 * view.getUint32(at + 8))]
    }),
  )
}

it('a file that is no font is a bug', () => {
  assert.throws(() => parseFont(new Uint8Array(64)), /no table/)
})
