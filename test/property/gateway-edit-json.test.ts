import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { removeMember, setMember } from '../../src/gateway/wire/edit-json.ts'

/** A JSON object as someone might write it: members in order, some twice. */
type Written = readonly (readonly [string, string | Written])[]

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'usage', 'q"uote', 'back\\', '{', '', '__proto__', 'ü'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const space = fc.constantFrom('', '', ' ', '\n', '\t', '\r\n ')
const scalar = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom('null', '-1.5e+3', '"\\\\"', '"}{][,:\\""', '[[],{}]', '"\\u0061 ü€😀"'),
)
const written = fc.letrec<{ object: Written }>((tie) => ({
  object: fc.array(fc.tuple(name, fc.oneof({ depthSize: 'small' }, scalar, tie('object'))), {
    maxLength: 5,
  }),
})).object

/** The text, with these spaces in turn and every other name in escapes. */
function textOf(object: Written, spaces: readonly string[]): string {
  let at = 0
  const gap = (): string => spaces[at++ % Math.max(1, spaces.length)] ?? ''
  const quoted = (key: string): string => (at % 2 === 0 ? JSON.stringify(key) : escaped(key))
  const text = (value: string | Written): string =>
    typeof value === 'string'
      ? value
      : `{${value.map(([key, inner]) => `${gap()}${quoted(key)}${gap()}:${gap()}${text(inner)}${gap()}`).join(',')}}`
  return `${gap()}${text(object)}${gap()}`
}

const escaped = (key: string): string =>
  `"${[...Array(key.length).keys()].map((i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`

/** Every member in order, twice or not, with the values of objects as such lists too. */
function read(object: Written): unknown {
  return object.map(([key, value]) => [
    key,
    typeof value === 'string' ? leaf(JSON.parse(value)) : read(value),
  ])
}

/** Objects in the values as the reader of members sees them. */
function leaf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value }
  return Object.entries(value).map(([key, inner]) => [key, leaf(inner)])
}

type Read = readonly (readonly [string, unknown])[]

function set(members: Read, [key = '', ...below]: readonly string[], value: unknown): unknown {
  const made = below.reduceRight((inner, name) => [[name, inner]] as unknown, leaf(value))
  const edit = (old: unknown): unknown =>
    below.length > 0 && Array.isArray(old) ? set(old as Read, below, value) : made
  if (!members.some(([name]) => name === key)) return [...members, [key, made]]
  return members.map(([name, old]) => [name, name === key ? edit(old) : old])
}

function remove(members: Read, [key = '', ...below]: readonly string[]): unknown {
  if (below.length === 0) return members.filter(([name]) => name !== key)
  return members.map(([name, old]) => [
    name,
    name === key && Array.isArray(old) ? remove(old as Read, below) : old,
  ])
}

/** What a parser makes of it in which the last one of two members counts. */
function parsed(members: unknown): unknown {
  if (!Array.isArray(members)) return (members as { value: unknown }).value
  return Object.fromEntries((members as Read).map(([key, value]) => [key, parsed(value)]))
}

const path = fc.array(name, { minLength: 1, maxLength: 3 })
const spaces = fc.array(space, { maxLength: 7 })
const asRead = (object: Written): Read => read(object) as Read

describe('a member set in the text of a JSON object', () => {
  it('is read like one set in the object, however it was written, there once, twice or not at all', () =>
    fc.assert(
      fc.property(written, spaces, path, fc.jsonValue({ maxDepth: 1 }), (object, gaps, at, value) => {
        const edited = setMember(textOf(object, gaps), at, value)
        assert.deepEqual(
          JSON.parse(edited),
          parsed(set(asRead(object), at, JSON.parse(JSON.stringify(value)))),
        )
      }),
    ))

  it('changes nothing beside it: to set another value and the old one again gives the old text', () =>
    fc.assert(
      fc.property(written, spaces, path, (object, gaps, at) => {
        const before = setMember(textOf(object, gaps), at, 1)
        assert.equal(setMember(setMember(before, at, 'other'), at, 1), before)
      }),
    ))

  it('that was not there leaves all that was, before and behind it', () =>
    fc.assert(
      fc.property(written, spaces, (object, gaps) => {
        const before = textOf(object, gaps)
        const after = setMember(before, ['new member'], null)
        const inserted = `${object.length === 0 ? '' : ','}"new member":null`
        const where = after.lastIndexOf(inserted)
        assert.equal(after.slice(0, where) + after.slice(where + inserted.length), before)
      }),
    ))
})

describe('a member removed from the text of a JSON object', () => {
  it('is gone as from the object, however it was written, there once, twice or not at all', () =>
    fc.assert(
      fc.property(written, spaces, path, (object, gaps, at) => {
        const edited = removeMember(textOf(object, gaps), at)
        assert.deepEqual(JSON.parse(edited), parsed(remove(asRead(object), at)))
      }),
    ))

  it('leaves the text as if it had never been written, when it stands last or first', () =>
    fc.assert(
      fc.property(written, fc.boolean(), (object, isLast) => {
        const others = object.filter(([key]) => key !== 'gone')
        const member = ['gone', 'null'] as const
        const text = textOf(isLast ? [...others, member] : [member, ...others], [])
        assert.equal(removeMember(text, ['gone']), textOf(others, ['']))
      }),
    ))
})
