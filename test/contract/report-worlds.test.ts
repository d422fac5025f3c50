import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { csvParse } from 'd3-dsv'
import { FORMS, REPORTS, reportOn, storeOf } from '../fixtures/report-store.ts'
import { WORLDS } from '../fixtures/report-worlds.ts'

type Form = (typeof FORMS)[number]

/** No figure that is none, and no word of a program for nothing. */
const SLIPS = /\b(NaN|Infinity|undefined|null)\b|\[object/

/** What the summary says where something cannot be said. */
const SAID: Readonly<Record<string, RegExp>> = {
  'no run': /^There are no runs to report on: import some, or choose others\./,
  'one run': /who is better \(there is one system\), nor how far chance goes \(there is one run\)\./,
  'one task, many runs': /resolves 66\.7 % of 12 runs.*who is better \(there is one system\)\./s,
  'all failed': /what a success costs \(no run was resolved\)/,
  'all resolved': /resolves most, 100\.0 % of 10 runs, but cannot be told apart/,
  'all tokens unknown': /where tokens go \(no run tells all of its tokens\), nor what runs cost/,
  'tokens at least': /where tokens go \(no run tells all of its tokens\)/,
  'one system': /who is better \(there is one system\), nor how much repeats differ/,
  'two alike':
    /resolves most, 65\.0 % of 20 runs, but cannot be told apart from agent-a · gpt-5 \(again\): a tie\./,
  'no outcome': /what is resolved \(no outcome is recorded\), nor who is better/,
  nameless: /Where no benchmark is recorded it cannot be said/,
  'sixty systems': /cannot be told apart from .* and \d\d more: a tie/,
  'infra errors only': /what a success costs \(no run was resolved\)/,
  'hostile names': /On <script>alert\(1\)<\/script>/,
}

describe('a report of what can hardly be reported on', () => {
  for (const [world, lines] of Object.entries(WORLDS)) {
    it(`comes in every form without a slip: ${world}`, async () => {
      const cwd = await storeOf(lines)
      for (const report of REPORTS) {
        for (const form of FORMS) {
          // What single reports draw, that of everything draws too: a few show that they do it alike.
          if (form === 'html' && report !== 'all' && !['ordinary', 'no run'].includes(world)) continue
          const { exit, stdout, stderr } = await reportOn(cwd, [report, '--format', form])
          assert.deepEqual([exit, stderr], [0, ''], `${report} as ${form}`)
          CHECKS[form](stdout, world)
        }
      }
    })
  }
})

const CHECKS: Readonly<Record<Form, (text: string, world: string) => void>> = {
  text: (text) => {
    assert.doesNotMatch(text, SLIPS)
    assert.doesNotMatch(text, /[\u202a-\u202e]/)
  },
  markdown: (text) => {
    assert.doesNotMatch(text, SLIPS)
    assert.doesNotMatch(text, /<script|(?<!\\)\$|[\u202a-\u202e]/)
  },
  csv: checkCsv,
  json: checkJson,
  html: checkHtml,
}

function checkCsv(text: string): void {
  assert.doesNotMatch(text, SLIPS)
  for (const { text: words = '', estimate, low, high, n, reason, unit } of csvParse(text)) {
    assert.equal([words !== '', estimate !== '', reason !== ''].filter(Boolean).length <= 1, true)
    assert.doesNotMatch(words, /^\s*[=+\-@]/)
    for (const figure of [estimate, low, high, n])
      assert.ok(Number.isFinite(Number(figure)), `${unit}: ${figure}`)
  }
}

function checkJson(text: string, world: string): void {
  const document = JSON.parse(text)
  assert.equal(document.schema, 'report/1')
  eachValue(document, (value) => {
    if (typeof value === 'string') assert.doesNotMatch(value, SLIPS)
    if (typeof value === 'object' && value !== null && 'value' in value && 'reason' in value) {
      assert.equal(value.value, null)
      assert.ok(typeof value.reason === 'string' && value.reason !== '')
    }
  })
  const blocks = document.sections.flatMap((section: { blocks: readonly Block[] }) => section.blocks)
  unique(document.sections.map(({ id }: { id: string }) => id))
  unique(blocks.map(({ table }: Block) => table.id))
  // Nothing is told twice.
  unique(blocks.map(({ table }: Block) => table.title))
  unique(blocks.flatMap(({ figure }: Block) => figure?.id ?? []))
  // Every figure has its table.
  for (const { figure, table } of blocks as readonly Block[]) {
    if (figure !== undefined) assert.ok(table.rows.length > 0, figure.id)
    assert.match(table.id, /^[a-z0-9-]+$/)
  }
  if (document.name === 'all') assert.match(document.summary.join(' '), SAID[world] ?? /\w/)
}

interface Block {
  readonly table: { readonly id: string; readonly title: string; readonly rows: readonly object[] }
  readonly figure?: { readonly id: string }
}

function eachValue(value: unknown, visit: (value: unknown) => void): void {
  visit(value)
  if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) eachValue(part, visit)
}

const unique = (ids: readonly string[]): void => assert.deepEqual([...new Set(ids)], ids)

function checkHtml(text: string): void {
  assert.doesNotMatch(text.replace(/<style>.*?<\/style>/gs, ''), SLIPS)
  assert.doesNotMatch(text, /<(script|link|iframe|img|object|embed|base|form)\b|\son\w+=|javascript:/i)
  for (const [, address = ''] of text.matchAll(/(?:href|src|url)[=(]["']?([^"')\s]+)/g)) {
    assert.match(address, /^(#|data:font\/ttf;base64,)/)
  }
  const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id)
  unique(ids)
  for (const [, id = ''] of text.matchAll(/(?:href="#|url\(#)([^")]+)/g)) assert.ok(ids.includes(id), id)
  // A table stands below each figure.
  for (const [, after = ''] of text.matchAll(/<\/figure>\n(.{0,20})/g))
    assert.match(after, /^<div class="table/)
}
