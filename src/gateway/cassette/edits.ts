/** Replaces `[start, end)` of a text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Edits a text that lies in pieces. What comes in for a stretch over several pieces goes to the first of them. Edits
 * are sorted and do not overlap.
 */
export function editPieces(pieces: readonly string[], edits: readonly Edit[]): readonly string[] {
  let start = 0
  let next = 0
  return pieces.map((piece) => {
    const end = start + piece.length
    let at = start
    let edited = ''
    for (let edit = edits[next]; edit !== undefined && edit.start < end; edit = edits[next]) {
      if (edit.start >= start) edited += piece.slice(at - start, edit.start - start) + edit.text
      at = Math.min(edit.end, end)
      if (edit.end > end) break // it goes on in the next piece
      next++
    }
    edited += piece.slice(at - start)
    start = end
    return edited
  })
}
