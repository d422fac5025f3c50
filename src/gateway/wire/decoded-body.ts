import zlib, { constants } from 'node:zlib'

/**
 * The bytes of a body as they were before its content codings, the last of which was applied last. Of a body that was
 * cut off, as much as can be had. https://www.rfc-editor.org/rfc/rfc9110#section-8.4
 * @throws Error for bytes that are not so coded, for more than `maxBytes`, and for a coding that is not known
 */
export function decodedBody(bytes: Uint8Array, codings: readonly string[], maxBytes: number): Uint8Array {
  return codings.reduceRight((coded, coding) => decoded(coded, coding, maxBytes), bytes)
}

/** The content codings that a header names; none for bytes that are as they are. */
export function codingsOf(contentEncoding: string | null): readonly string[] {
  const names = (contentEncoding ?? '').toLowerCase().split(',')
  return names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
}

function decoded(bytes: Uint8Array, coding: string, maxOutputLength: number): Uint8Array {
  // A flush at the end takes a stream as it is, where a finish wants it whole.
  const options = { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(bytes, options)
    case 'deflate':
      // By the standard with the header of zlib, which some servers leave out.
      return isZlib(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options)
    case 'br':
      return zlib.brotliDecompressSync(bytes, {
        maxOutputLength,
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
      })
    case 'zstd': // fails like a coding that is not known where Node is older than 22.15
      return zlib.zstdDecompressSync(bytes, { maxOutputLength, finishFlush: constants.ZSTD_e_flush })
    default:
      throw new Error(`the content coding ${coding} is not known`)
  }
}

/** https://www.rfc-editor.org/rfc/rfc1950#section-2.2 */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
}
