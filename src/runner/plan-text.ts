import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Problem } from '../errors.ts'

/** A place in a document, by keys and indices. */
export type PlanPath = readonly (string | number)[]

export interface Place {
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** The text of a plan with the places of its values; JSON is YAML too. */
export interface PlanText {
  readonly value: unknown
  /** Mistakes of YAML itself; when there are any, `value` is not to be trusted. */
  readonly syntax: readonly Problem[]
  /** Keys that are there twice: the last would be taken in silence. */
  readonly keys: readonly Problem[]
  /** Of a value; of one that is not there, of what it would be in. */
  placeOf(path: PlanPath): Place
  /** Of the key in front of a value. */
  placeOfKey(path: PlanPath): Place
}

/** Parses YAML 1.2, keeping places. */
export function readPlanText(text: string): PlanText {
  const deep = tooDeepAt(text)
  if (deep !== null) return refused(placeIn(text, deep))
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems = document.errors.map((error) => ({ ...problemOf(error), ...place(error.pos[0]) }))
  const isRepeat = ({ found }: Problem) => found === TWICE.found
  const references = referencesIn(document).map((offset) => ({ pointer: '', ...place(offset), ...REFERENCE }))
  const syntax = [...problems.filter((problem) => !isRepeat(problem)), ...references]
  return {
    value: syntax.length > 0 ? undefined : document.toJS(),
    syntax,
    keys: problems.filter(isRepeat),
    placeOf: (path) => place(offsetOf(document, path)),
    placeOfKey: (path) => place(keyOffset(document, path) ?? offsetOf(document, path)),
  }
}

const TWICE = { found: 'a key that is there already', fix: 'keep one of the two' }
const REFERENCE = { found: 'a reference to another value', fix: 'write the value itself' }

/** A path as a JSON pointer (RFC 6901). */
export const pointerOf = (path: PlanPath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Deeper nesting is no plan, and more than the parser survives. */
const DEEPEST = 32
const WIDEST = 200

/** The offset where brackets, or marks of lists and keys on one line, or an indentation, nest too deep. */
function tooDeepAt(text: string): number | null {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++
    if (token === '}' || token === ']') depth--
    if (depth > DEEPEST) return index
  }
  return MARKS.exec(text)?.index ?? null
}

/** A text in quotes, a comment, or a bracket. */
const TOKEN = /"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|(?:^|\s)#.*|[[\]{}]/g
const MARKS = new RegExp(`^ {${WIDEST}}|(?:[-?:][ \\t]+){${DEEPEST}}`, 'm')

const refused = (place: Place): PlanText => ({
  value: undefined,
  syntax: [
    { pointer: '', ...place, found: `more than ${DEEPEST} things inside each other`, fix: 'take them out' },
  ],
  keys: [],
  placeOf: () => place,
  placeOfKey: () => place,
})

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function problemOf({ code, message }: YAMLError): Pick<Problem, 'pointer' | 'found' | 'fix'> {
  if (code === 'DUPLICATE_KEY') return { pointer: '', ...TWICE }
  const [found = ''] = message.split(/ at line \d+, column \d+/)
  return { pointer: '', found: `not YAML: ${found}`, fix: FIXES[code] ?? 'correct it, or take it out' }
}

const FIXES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent it as the lines beside it are, or close the bracket before',
  MISSING_CHAR: 'write what is missing',
  MULTIPLE_DOCS: 'put each plan into a file of its own',
  BLOCK_AS_IMPLICIT_KEY: 'put the text into quotes',
}

/** Offsets of what stands for a value elsewhere in the document. */
function referencesIn(document: Document): readonly number[] {
  const found: number[] = []
  visit(document, { Alias: (_, { range }) => void found.push(range?.[0] ?? 0) })
  return found
}

/** Of the node at a path, or the nearest one above it that there is. */
function offsetOf(document: Document, path: PlanPath): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  const start = isNode(node) ? node.range?.[0] : undefined
  if (start !== undefined) return start
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1))
}

function keyOffset(document: Document, path: PlanPath): number | undefined {
  const above = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(above)) return undefined
  const pair = above.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined
}
