import { skipSpaces, skipWord } from './bytes.ts'
import { languageOf } from './language.ts'
import { BYTE_KIND, finishHash, HASH_PRIME, HASH_SEED, hashTerm, UPPER } from './term.ts'

const NEWLINE = 10
const SPACE = 32
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const OPEN_PAREN = 40
const DOT = 46
const SLASH = 47
const COLON = 58
const BACKSLASH = 92
const STATIC = Buffer.from('static ')

/** A quoted module: `'./a'`, `"x/y.h"`, `<x.h>`, after names as in `import { a } from`. */
const QUOTED = /^[^'"`<\n]{0,200}?(?:["'`]([^"'`\n]{1,200})["'`]|<([^>\n]{1,200})>)/
/** Longest rest of a line that is looked at for a quotation. */
const MAX_REST = 500

/**
 * Hash of the module after `import`, `from`, `use` …, parts joined by `/`; 0 where there is none. A module named from
 * the importing file's own folder (`from .query import …`) is `/query`.
 */
export function hashModule(bytes: Uint8Array, start: number): number {
  let at = afterStatic(bytes, skipSpaces(bytes, start))
  let relative = false
  while (bytes[at] === DOT) {
    relative = true
    at++
  }
  if (relative && bytes[at] === SPACE) at = afterImport(bytes, at)
  while (at < bytes.length && BYTE_KIND[bytes[at] as number] === 0 && bytes[at] !== NEWLINE) at++
  return hashPath(bytes, at, relative)
}

/** The same for a language that quotes its modules; 0 where nothing is quoted. */
export function hashQuotedModule(bytes: Uint8Array, start: number, alwaysRelative: boolean): number {
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(MAX_REST, bytes.length - start))
  const [, quoted, bracketed] = QUOTED.exec(rest.toString('utf8')) ?? []
  const named = quoted ?? bracketed
  if (named === undefined) return 0
  const path = named.replace(/^[^\w]+/, '')
  const module = languageOf(path) === undefined ? path : path.replace(/\.\w+$/, '')
  if (module === '') return 0
  const relative = named.startsWith('.') || (alwaysRelative && bracketed === undefined)
  return hashTerm(relative && !module.includes('/') ? `/${module}` : module)
}

/** Go: whether `(` ends the line, and modules follow on lines of their own. */
export function beginsModuleBlock(bytes: Uint8Array, start: number): boolean {
  const at = skipSpaces(bytes, start)
  return bytes[at] === OPEN_PAREN && bytes[skipSpaces(bytes, at + 1)] === NEWLINE
}

/** Whether a quotation follows, as in `require('x')` and `} from 'x'`. */
export function quoteFollows(bytes: Uint8Array, start: number, parenthesis: boolean): boolean {
  if (parenthesis && bytes[start] !== OPEN_PAREN) return false
  const byte = bytes[skipSpaces(bytes, parenthesis ? start + 1 : start)]
  return byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE
}

/** Java imports the members of a class as `import static`. */
function afterStatic(bytes: Uint8Array, start: number): number {
  const next = STATIC.every((byte, index) => bytes[start + index] === byte) ? start + STATIC.length : start
  return skipSpaces(bytes, next)
}

/** In `from . import query` it is the name after `import` that is a module. */
function afterImport(bytes: Uint8Array, start: number): number {
  const at = skipSpaces(bytes, skipWord(bytes, skipSpaces(bytes, start)))
  return bytes[at] === OPEN_PAREN ? at + 1 : at
}

const separates = (byte: number): boolean =>
  byte === DOT || byte === SLASH || byte === COLON || byte === BACKSLASH

function hashPath(bytes: Uint8Array, start: number, relative: boolean): number {
  let end = start
  let separated = false
  while (end < bytes.length) {
    const byte = bytes[end] as number
    if (BYTE_KIND[byte] === 0) {
      if (!separates(byte)) break
      separated = true
    }
    end++
  }
  if (end === start) return 0
  let hash = HASH_SEED
  let slash = relative && !separated
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (separates(byte)) {
      slash = true
      continue
    }
    if (slash) hash = Math.imul(hash ^ SLASH, HASH_PRIME)
    slash = false
    hash = Math.imul(hash ^ (BYTE_KIND[byte] === UPPER ? byte | 0x20 : byte), HASH_PRIME)
  }
  return finishHash(hash)
}
