/** A body that came in pieces, as texts: as many, which are one after the other exactly its bytes. */
export interface BodyPieces {
  /** latin1 = a character for each byte, since the body as a whole is not UTF-8. */
  readonly kind: 'utf-8' | 'latin1'
  readonly pieces: readonly string[]
}

/** The texts of a body; of a character that is cut, all bytes are in the piece that ends it. */
export function bodyPieces(chunks: readonly Uint8Array[]): BodyPieces {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    const pieces = chunks.map((bytes) => decoder.decode(bytes, { stream: true }))
    decoder.decode() // fails where a character lacks its end
    return { kind: 'utf-8', pieces }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { kind: 'latin1', pieces: chunks.map((bytes) => bufferOf(bytes).toString('latin1')) }
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
