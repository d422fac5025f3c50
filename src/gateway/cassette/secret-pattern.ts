import { literalPattern } from './literal-pattern.ts'

/** Shorter ones would be found in ordinary words. */
export const MIN_SECRET_CHARS = 8

/**
 * Finds secrets as they are, escaped in JSON at any depth, encoded in a URL, and within base64 at any of its three
 * alignments. The parts that repeat are bounded: it takes time linear in the text.
 */
export function secretPattern(secrets: readonly string[]): RegExp | null {
  const known = [...new Set(secrets)].filter(({ length }) => length >= MIN_SECRET_CHARS)
  const longestFirst = known.sort((a, b) => b.length - a.length)
  const forms = longestFirst.flatMap((secret) => [escapedForm(secret), ...base64Forms(secret)])
  return forms.length === 0 ? null : new RegExp(forms.join('|'), 'g')
}

/** A run of backslashes, such as every level of JSON makes more of. */
const BACKSLASHES = String.raw`\\{1,16}`

function escapedForm(secret: string): string {
  return Array.from(secret.replace(/\\+/g, '\\'), charForm).join('')
}

/** A character as it is or escaped: `"` also as `\"`, `\\\"`, `\u0022`, `%22`. */
function charForm(char: string): string {
  if (char === '\\') return `(?:(?:${BACKSLASHES}u005[cC]){1,16}|${BACKSLASHES}|(?:%5[cC]){1,16})`
  const bytes = [...Buffer.from(char)]
  const inUrl = bytes.map((byte) => `%${hex(byte, 2)}`).join('')
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index))
  const inJson = units.map((unit) => `${BACKSLASHES}u${hex(unit, 4)}`).join('')
  const forms = [literalPattern(char), inUrl, inJson]
  if (char === '"' || char === '/') forms.push(`${BACKSLASHES}${char}`)
  if (char === ' ') forms.push(String.raw`\+`)
  if (bytes.length > 1) forms.push(literalPattern(Buffer.from(char).toString('latin1')))
  return `(?:${forms.join('|')})`
}

function hex(value: number, digits: number): string {
  const text = value.toString(16).padStart(digits, '0')
  return text.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}

/** What differs between base64 and base64url, as it stands in URLs and in JSON. */
const PLUS = '(?:[-+]|%2[bB])'
const SLASH = `(?:[_/]|%2[fF]|${BACKSLASHES}/)`

/** Every six bits of it that are its own, whatever stands before and after it. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url')
    const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return own.replace(/[-_]/g, (char) => (char === '-' ? PLUS : SLASH))
  })
}
