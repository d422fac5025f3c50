import type { Fonts } from './read-fonts.ts'
import type { TextWidth } from './text-width.ts'

/** Shown in place of a sign that the font lacks. */
const LACKING = '□'
const ELLIPSIS = '…'
/** Longer names are cut before they are measured. */
const LONGEST = 400

/** A name of others as a figure shows it: on one line, in signs that the font has, and nothing that reorders them. */
export function plainName({ regular }: Fonts, name: string): string {
  const line = shortened(name).replace(/\s/g, ' ').replace(UNSEEN, '').replace(/ +/g, ' ').trim()
  return [...line].map((sign) => (regular.glyphs.has(sign.codePointAt(0) ?? 0) ? sign : LACKING)).join('')
}

/** Cut in the middle, where names that begin and end alike differ least, until it fits; the table has the full one. */
export function cutMiddle(name: string, width: number, measure: (text: string) => number): string {
  if (measure(name) <= width) return name
  const signs = [...name]
  let [fits, tooLong] = [0, signs.length]
  const cut = (kept: number) =>
    signs.slice(0, Math.ceil(kept / 2)).join('') +
    ELLIPSIS +
    signs.slice(signs.length - Math.floor(kept / 2)).join('')
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (measure(cut(middle)) <= width) fits = middle
    else tooLong = middle
  }
  return cut(fits)
}

/** Names of a figure: plain, and cut to a width at a size. */
export const nameCutter =
  (fonts: Fonts, measure: TextWidth) =>
  (name: string, width: number, size: number): string =>
    cutMiddle(plainName(fonts, name), width, (text) => measure(text, size))

const shortened = (name: string): string =>
  name.length <= LONGEST ? name : `${name.slice(0, LONGEST / 2)}${ELLIPSIS}${name.slice(-LONGEST / 2)}`

/** Controls, and what has no width or reorders what is read. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu
