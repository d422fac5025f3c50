import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS } from '../../../../src/errors.ts'
import { docsPage } from '../../../../src/server/pages/docs-page.ts'
import { docsView } from '../../../../src/server/pages/docs-view.ts'
import type { OpenApiDocument } from '../../../../src/server/pages/openapi-document.ts'
import { exampleOf } from '../../../../src/server/pages/schema-example.ts'
import { fieldsOf, typeText } from '../../../../src/server/pages/schema-words.ts'
import { readText } from '../../../fixtures/markup-skeleton.ts'
import { aboutOf, openApi } from '../../../fixtures/pages.ts'

const plain = (text: string): string => text
const view = docsView({
  about: aboutOf(plain),
  document: openApi(plain),
  origin: 'https://foretoken.example',
})
const page = docsPage(view)
const text = readText(page)
const empty: OpenApiDocument = { info: { title: 'T', version: '1' } }

describe('the documentation', () => {
  it('has every route of the document, by tag, each led to from the top', () => {
    assert.deepEqual(
      view.groups.map(({ name, routes }) => [name, routes.map(({ method, path }) => `${method} ${path}`)]),
      [['estimates', ['POST /v1/estimates', 'GET /v1/estimates/{id}']]],
    )
    for (const { id } of view.groups[0]?.routes ?? []) {
      assert.match(page, new RegExp(`<a href="#${id}">`))
      assert.match(page, new RegExp(`<article class="route" id="${id}"`))
    }
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view)
  })

  it('has the parameters of a path with those of its route, references followed', () => {
    assert.match(text, /Idempotency-Key header string For trying again\./)
    assert.match(text, /id required path string/)
  })

  it('has fields with dots into objects, with limits and what holds where they are left out', () => {
    assert.match(text, /issue required object/)
    assert.match(text, /issue\.title required string One line\. · at most 500 characters/)
    assert.match(text, /models list of string All where left out\./)
    assert.match(text, /budgetUsd number or null null where it is left out/)
  })

  it('has a call for a shell that survives quotes', () => {
    const curl = view.groups[0]?.routes[0]?.curl
    assert.equal(
      curl,
      [
        "curl --request POST 'https://foretoken.example/v1/estimates' \\",
        "  --header 'Authorization: Bearer KEY' \\",
        "  --header 'Content-Type: application/json' \\",
        '  --data \'{"issue":{"title":"It’s slow"}}\'',
      ].join('\n'),
    )
    const apostrophe = docsView({
      about: aboutOf(plain),
      document: openApi((words) => words.replace('’', "'")),
      origin: 'x',
    })
    assert.match(apostrophe.groups[0]?.routes[0]?.curl ?? '', /It'\\''s slow/)
  })

  it('has no key where none is needed, a file where the body is none of JSON, and one word for all failures', () => {
    const paths = {
      '/open': { get: { security: [], responses: { default: { description: 'why not' } } } },
      '/file': { post: { requestBody: { content: { 'text/csv': { schema: { type: 'string' } } } } } },
    }
    const own = docsView({ about: aboutOf(plain), document: { ...empty, paths }, origin: 'http://x' })
    const [open, file] = own.groups[0]?.routes ?? []
    assert.equal(open?.curl, "curl 'http://x/open'")
    assert.match(file?.curl ?? '', /--header 'Content-Type: text\/csv' \\\n {2}--data-binary @FILE$/)
    assert.match(readText(docsPage(own)), /Else why not: one of the problems/)
  })

  it('has every code of problems with its status and what to do', () => {
    // One more for what no catalogue expects.
    assert.equal(view.problems.length, Object.keys(ERRORS).length + 1)
    assert.match(text, /rate-limited 429 Too many requests wait as long as Retry-After says/)
    assert.match(page, /see <code>foretoken runs list<\/code>/)
  })

  it('is whole though the document has no route', () => {
    const bare = docsPage(docsView({ about: aboutOf(plain), document: empty, origin: 'x' }))
    assert.match(bare, /id="problems"/)
    for (const code of [...Object.keys(ERRORS), 'bug'])
      assert.ok(bare.includes(`id="problem-${code}"`), `the type of ${code} leads nowhere`)
  })

  it('gives routes whose names come to the same letters ids of their own', () => {
    const paths = { '/a-b': { get: {} }, '/a/b': { get: {} } }
    const { groups } = docsView({ about: aboutOf(plain), document: { ...empty, paths }, origin: 'x' })
    assert.deepEqual(
      groups[0]?.routes.map(({ id }) => id),
      ['get-a-b', 'get-a-b-2'],
    )
  })
})

describe('a schema', () => {
  it('that refers to itself ends', () => {
    const document: OpenApiDocument = {
      ...empty,
      components: {
        schemas: {
          Node: {
            type: 'object',
            required: ['next'],
            properties: { next: { $ref: '#/components/schemas/Node' } },
          },
          Loop: { $ref: '#/components/schemas/Loop' },
        },
      },
    }
    const node = { $ref: '#/components/schemas/Node' }
    assert.deepEqual(
      fieldsOf(document, node).map(({ name }) => name),
      ['next', 'next.next', 'next.next.next', 'next.next.next.next'],
    )
    assert.ok(JSON.stringify(exampleOf(document, node)).length < 200)
    assert.equal(typeText(document, { $ref: '#/components/schemas/Loop' }), 'Loop')
    assert.deepEqual(fieldsOf(document, { $ref: '#/nowhere/at/all' }), [])
  })

  it('is told in words', () => {
    const words = (schema: unknown) => typeText(empty, schema)
    assert.equal(words({ type: 'string', format: 'date-time' }), 'string (date-time)')
    assert.equal(words({ type: ['integer', 'null'] }), 'integer or null')
    assert.equal(words({ enum: ['a', 1] }), 'one of "a", 1')
    assert.equal(words({ const: 'estimate/1' }), '"estimate/1"')
    assert.equal(
      words({ anyOf: [{ type: 'number' }, { type: 'number' }, { type: 'null' }] }),
      'number or null',
    )
    assert.equal(
      words({ type: 'array', items: { type: 'array', items: { type: 'number' } } }),
      'list of list of number',
    )
    assert.equal(words(undefined), 'anything')
  })

  it('has the fields of lists, of parts that all hold, and of alternatives, each once', () => {
    const schema = {
      allOf: [{ properties: { a: { type: 'string' } } }],
      anyOf: [
        { properties: { a: { type: 'string' }, b: { type: 'array', items: { properties: { c: {} } } } } },
      ],
    }
    assert.deepEqual(
      fieldsOf(empty, schema).map(({ name }) => name),
      ['a', 'b', 'b[].c'],
    )
  })

  it('asks for nothing of which one of several will do', () => {
    const [title, body] = ['title', 'body'].map((name) => ({
      required: [name],
      properties: { title: {}, body: {} },
    }))
    const required = (anyOf: readonly unknown[]) => fieldsOf(empty, { anyOf }).map((field) => field.required)
    assert.deepEqual(required([title, body]), [false, false])
    assert.deepEqual(required([title, { type: 'null' }]), [true, false])
  })

  it('has an example of what it requires', () => {
    const schema = {
      type: 'object',
      required: ['n', 's', 'l', 'b', 'e', 'u'],
      properties: {
        n: { type: 'integer', minimum: 5 },
        s: { type: 'string' },
        l: { type: 'array', items: { type: 'boolean' } },
        b: { type: 'boolean' },
        e: { enum: ['x', 'y'] },
        u: { anyOf: [{ const: 7 }] },
        free: { type: 'string' },
        shown: { type: 'string', examples: ['z'] },
      },
    }
    assert.deepEqual(exampleOf(empty, schema), { n: 5, s: '…', l: [true], b: true, e: 'x', u: 7, shown: 'z' })
  })
})
