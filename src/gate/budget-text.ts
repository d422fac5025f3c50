import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import type { Problem } from '../errors.ts'

/** A place in a JSON document, by keys and indices. */
export type JsonPath = readonly (string | number)[]

/** The text of a budget with the places of its values. Comments and trailing commas are allowed. */
export interface BudgetText {
  readonly value: unknown
  /** Mistakes of JSON itself; when there are any, `value` is not to be trusted. */
  readonly syntax: readonly Problem[]
  /** Keys that are there twice. */
  readonly keys: readonly Problem[]
  /** The line and column of a value, from 1; of one that is not there, those of what it would be in. */
  placeOf(path: JsonPath): { readonly line: number; readonly column: number }
  /** The same for the key in front of a value. */
  placeOfKey(path: JsonPath): { readonly line: number; readonly column: number }
}

/** Deeper nesting is no budget, and more than a recursive parser can take. */
const DEEPEST = 32

/** Parses JSON with comments, keeping places. */
export function readBudgetText(source: string): BudgetText {
  const text = source.replace(/^\uFEFF/, '')
  const place = placesIn(text)
  const deep = tooDeepAt(text)
  if (deep !== null) {
    const problem = { found: `more than ${DEEPEST} brackets inside each other`, fix: 'take them out' }
    return { ...NOTHING, syntax: [{ pointer: '', ...place(deep), ...problem }] }
  }
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: false })
  const at = (path: JsonPath) => place(nodeAt(tree, path)?.offset ?? 0)
  const keyOf = keyFinder(tree)
  return {
    value: tree === undefined ? undefined : getNodeValue(tree),
    syntax: errors.map((error) => syntaxProblem(error, text, place)),
    keys: tree === undefined ? [] : repeatedKeys(tree, [], place),
    placeOf: at,
    placeOfKey: (path) => place(keyOf(path)?.offset ?? nodeAt(tree, path)?.offset ?? 0),
  }
}

const START = { line: 1, column: 1 }
const NOTHING = { value: undefined, keys: [], placeOf: () => START, placeOfKey: () => START }

type Place = (offset: number) => { readonly line: number; readonly column: number }

function placesIn(text: string): Place {
  // Asked for thousands of places, where thousands of things are wrong.
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    const line = lastUpTo(starts, offset) + 1
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 }
  }
}

/** The index of the last of the rising numbers that is not above `most`. */
function lastUpTo(numbers: readonly number[], most: number): number {
  let [low, high] = [0, numbers.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((numbers[middle] ?? 0) <= most) low = middle
    else high = middle - 1
  }
  return low
}

function tooDeepAt(text: string): number | null {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++
    if (token === '}' || token === ']') depth--
    if (depth > DEEPEST) return index
  }
  return null
}

/** A text, a comment, or a bracket. */
const TOKEN = /"(?:\\.|[^"\\\n])*"?|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|[[\]{}]/g

/** The node at a path, or the nearest one above it that there is. */
function nodeAt(tree: Node | undefined, path: JsonPath): Node | undefined {
  if (tree === undefined) return undefined
  return findNodeAtLocation(tree, [...path]) ?? (path.length === 0 ? tree : nodeAt(tree, path.slice(0, -1)))
}

/** Finds the first key of a name, of an object that may have thousands. */
function keyFinder(tree: Node | undefined): (path: JsonPath) => Node | undefined {
  const known = new Map<Node, ReadonlyMap<unknown, Node>>()
  return (path) => {
    const parent = tree === undefined ? undefined : findNodeAtLocation(tree, path.slice(0, -1))
    if (parent === undefined) return undefined
    const keys = known.get(parent) ?? keysOf(parent)
    known.set(parent, keys)
    return keys.get(path.at(-1))
  }
}

const keysOf = ({ children = [] }: Node): ReadonlyMap<unknown, Node> =>
  // Of two of one name the last would stand, therefore backwards.
  new Map(
    children
      .toReversed()
      .flatMap(({ children: [key] = [] }) => (key === undefined ? [] : [[key.value, key]])),
  )

/** Of two equal keys JSON takes the last in silence: a limit would be gone without a word. */
function repeatedKeys(node: Node, path: JsonPath, place: Place): readonly Problem[] {
  if (node.type === 'array')
    return (node.children ?? []).flatMap((child, i) => repeatedKeys(child, [...path, i], place))
  const seen = new Set<string>()
  return (node.type === 'object' ? (node.children ?? []) : []).flatMap(({ children: [key, value] = [] }) => {
    const name = String(key?.value)
    const told = { found: `${JSON.stringify(name)} is there twice`, fix: 'keep one of the two' }
    const here = (): Problem => ({
      pointer: pointerOf([...path, name]),
      ...place(key?.offset ?? node.offset),
      ...told,
    })
    const problems = seen.has(name) ? [here()] : []
    seen.add(name)
    return [...problems, ...(value === undefined ? [] : repeatedKeys(value, [...path, name], place))]
  })
}

/** A path as a JSON pointer (RFC 6901). */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function syntaxProblem({ error, offset, length }: ParseError, text: string, place: Place): Problem {
  const end = offset >= text.trimEnd().length
  const [what, fix] = SYNTAX[printParseErrorCode(error)] ?? ['not JSON', 'take it out']
  const found = end
    ? 'the end of the file'
    : JSON.stringify(text.slice(offset, offset + Math.min(length, 40)))
  return {
    pointer: '',
    ...place(offset),
    found: `${found}: ${what}`,
    fix: end ? 'write what is missing' : fix,
  }
}

const SYNTAX: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  InvalidSymbol: ['not a JSON value', 'put texts in double quotes'],
  InvalidNumberFormat: ['not a JSON number', 'write it like 2.5'],
  PropertyNameExpected: ['a key was expected', 'put a key in double quotes here'],
  ValueExpected: ['a value was expected', 'write a value here'],
  ColonExpected: ['a colon was expected', 'write : after the key'],
  CommaExpected: ['a comma was expected', 'write , after the value before'],
  CloseBraceExpected: ['} was expected', 'write } here'],
  CloseBracketExpected: ['] was expected', 'write ] here'],
  EndOfFileExpected: ['the end was expected', 'take out what follows'],
  UnexpectedEndOfString: ['a text without its closing quote', 'write " at its end'],
  UnexpectedEndOfComment: ['a comment without its end', 'write */ at its end'],
  UnexpectedEndOfNumber: ['a number that is not whole', 'write it like 2.5'],
  InvalidUnicode: ['not an escape', 'write it like \\u00e9'],
  InvalidEscapeCharacter: ['not an escape', 'write a backslash as \\\\'],
  InvalidCharacter: ['a control character', 'take it out'],
}
