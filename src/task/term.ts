/**
 * Terms: identifiers and their parts (`get_absolute_url`, `HTMLParser` → html, parser), lower-cased and hashed to
 * 24 bits, so that a source file becomes a short list of numbers. The hash is FNV-1a with a final mix.
 */
export const HASH_SEED = 0x811c9dc5
export const HASH_PRIME = 0x01000193
/** Terms longer than this many bytes are data (base64, minified names), not names. */
export const MAX_TERM_BYTES = 64

export const LOWER = 1
export const UPPER = 2
export const DIGIT = 3
export const UNDERSCORE = 4

/** Kind of each byte inside an identifier; 0 = not part of one. Bytes above ASCII count as letters. */
export const BYTE_KIND = new Uint8Array(256).map((_, byte) => {
  if (byte >= 0x61 && byte <= 0x7a) return LOWER
  if (byte >= 0x41 && byte <= 0x5a) return UPPER
  if (byte >= 0x30 && byte <= 0x39) return DIGIT
  if (byte === 0x5f) return UNDERSCORE
  return byte >= 0x80 ? LOWER : 0
})

/** The last mix of a running FNV-1a hash, cut to 24 bits; never 0. */
export function finishHash(hash: number): number {
  let mixed = hash ^ (hash >>> 15)
  mixed = Math.imul(mixed, 0x2c1b3c6d)
  mixed ^= mixed >>> 13
  return mixed >>> 8 || 1
}

/**
 * Hash of one whole word: the same number the scanner gives it in source code. Only ASCII letters lose their case, since
 * the scanner reads bytes.
 */
export function hashTerm(word: string): number {
  let hash = HASH_SEED
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i)
    if (code >= 0x80) return hashBytes(Buffer.from(word, 'utf8'))
    hash = Math.imul(hash ^ (BYTE_KIND[code] === UPPER ? code | 0x20 : code), HASH_PRIME)
  }
  return finishHash(hash)
}

function hashBytes(bytes: Uint8Array): number {
  let hash = HASH_SEED
  for (const byte of bytes)
    hash = Math.imul(hash ^ (BYTE_KIND[byte] === UPPER ? byte | 0x20 : byte), HASH_PRIME)
  return finishHash(hash)
}

/** Letters above ASCII count as small, as in {@link BYTE_KIND}. */
const PART = /[A-Z]+(?![a-z\u0080-\u{10ffff}])|[A-Z]?[a-z\u0080-\u{10ffff}]+|[0-9]+/gu

/** The parts of an identifier, as they stand in it: `HTMLParser2` → HTML, Parser, 2. */
export function splitIdentifier(identifier: string): readonly string[] {
  return identifier.match(PART) ?? []
}
