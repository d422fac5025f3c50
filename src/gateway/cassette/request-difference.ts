import { isObject } from './canonical-json.ts'

/** Where two JSON values first differ, members in sorted order. */
export interface Difference {
  /** RFC 6901; empty = the whole. */
  readonly pointer: string
  /** What stands there in each, shortened, as JSON; null = nothing does. */
  readonly recorded: string | null
  readonly asked: string | null
}

/** The first difference of two JSON values; null = they are equal. */
export function firstDifference(recorded: unknown, asked: unknown): Difference | null {
  if (Object.is(recorded, asked)) return null
  const [one, other] = [membersOf(recorded), membersOf(asked)]
  if (one === null || other === null || Array.isArray(recorded) !== Array.isArray(asked)) {
    return { pointer: '', ...shown(recorded, asked) }
  }
  for (const name of namesOf(recorded, asked)) {
    const inner = firstDifference(own(one, name), own(other, name))
    if (inner === null) continue
    return { ...inner, pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}${inner.pointer}` }
  }
  return null
}

/** How alike two JSON values are: the share of their leaves that stand at the same place with the same value. */
export function likeness(a: unknown, b: unknown): number {
  return (2 * sameLeaves(a, b)) / Math.max(1, leaves(a) + leaves(b))
}

function sameLeaves(a: unknown, b: unknown): number {
  const [one, other] = [membersOf(a), membersOf(b)]
  if (one === null || other === null) return Object.is(a, b) ? 1 : 0
  return Object.entries(one).reduce((sum, [name, item]) => sum + sameLeaves(item, own(other, name)), 0)
}

function leaves(value: unknown): number {
  const members = membersOf(value)
  return members === null ? 1 : Object.values(members).reduce<number>((sum, item) => sum + leaves(item), 0)
}

/** The members of an object, or the items of an array by their numbers; null = it is a leaf. */
const membersOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  Array.isArray(value) ? { ...value } : isObject(value) ? value : null

/** Not what every object has, such as its `constructor`. */
const own = (members: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(members, name) ? members[name] : undefined

function namesOf(a: unknown, b: unknown): readonly string[] {
  if (Array.isArray(a) && Array.isArray(b)) return Object.keys(a.length < b.length ? b : a)
  return [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].sort()
}

/** Shown of a value: enough to know it again. */
const MAX_SHOWN = 60
const BEFORE_CHANGE = 15

/** Two values, each as the stretch around the first character that differs. */
function shown(recorded: unknown, asked: unknown): Pick<Difference, 'recorded' | 'asked'> {
  const texts = [recorded, asked].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  const [one = '', other = ''] = texts
  let same = 0
  while (same < one.length && one[same] === other[same]) same++
  const from = same > MAX_SHOWN ? same - BEFORE_CHANGE : 0
  const cut = (value: unknown, text: string) => (value === undefined ? null : stretch(value, text, from))
  return { recorded: cut(recorded, one), asked: cut(asked, other) }
}

function stretch(value: unknown, text: string, from: number): string {
  const part = text.slice(from, from + MAX_SHOWN)
  const whole = `${from > 0 ? '…' : ''}${part}${from + MAX_SHOWN < text.length ? '…' : ''}`
  return typeof value === 'string' ? JSON.stringify(whole) : whole
}
