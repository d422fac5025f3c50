import { BYTE_KIND } from './term.ts'

const NEWLINE = 10
const SPACE = 32
const TAB = 9

/** Index after the spaces and tabs from `start`. */
export function skipSpaces(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] === SPACE || bytes[at] === TAB) at++
  return at
}

/** Index after the letters, digits and underscores from `start`. */
export function skipWord(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && BYTE_KIND[bytes[at] as number] !== 0) at++
  return at
}

/** Index after the next `byte`, or of the end of the line where it does not stand in it. */
export function skipPast(bytes: Uint8Array, start: number, byte: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== NEWLINE && bytes[at] !== byte) at++
  return bytes[at] === byte ? at + 1 : at
}
