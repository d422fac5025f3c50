import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KnownError } from '../../src/errors.ts'
import { firstMistake } from '../../src/json-mistake.ts'
import { parseIssueBytes } from '../../src/task/issue-file.ts'
import { frontMatter } from '../../src/task/issue-front-matter.ts'
import { splitTitle } from '../../src/task/issue-markdown.ts'
import { decodeText } from '../../src/task/issue-text.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const markup = fc
  .array(
    fc.constantFrom(
      '#',
      ' ',
      '\n',
      '\r\n',
      '---\n',
      'a: b\n',
      '- x\n',
      '{"',
      'word',
      '\0',
      '\ud800',
      '`',
      '"',
    ),
  )
  .map((parts) => parts.join(''))

describe('reading an issue', () => {
  it('gives an issue or a known failure, whatever the bytes', () =>
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.oneof(anyText, markup).map(encode)),
        (bytes) => {
          try {
            const { issue } = parseIssueBytes(bytes, { kind: 'text' })
            assert.ok(`${issue.title}${issue.body}`.isWellFormed())
            assert.ok(!issue.body.includes('\r') && !issue.title.includes('\n'))
            assert.notEqual(`${issue.title}${issue.body}`.trim(), '')
          } catch (error) {
            assert.ok(error instanceof KnownError, String(error))
          }
        },
      ),
    ))

  it('loses no word of a text without front matter', () =>
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }),
        fc.nat(3),
        (words, every) => {
          const text = words.map((word, index) => word + (index % (every + 1) === 0 ? '\n' : ' ')).join('')
          const { title, body } = splitTitle(text)
          assert.deepEqual(`${title} ${body}`.split(/\s+/).filter(Boolean), words)
        },
      ),
    ))

  it('reads back the front matter that was written', () =>
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z0-9.-]{1,12}$/), { minLength: 1, maxLength: 5 }),
        markup,
        (models, rest) => {
          const text = `---\nmodels: [${models.join(', ')}]\n---\n${rest}`
          const read = frontMatter(text)
          assert.deepEqual([read.fields.get('models'), read.rest], [models, rest])
        },
      ),
    ))

  it('names an offset before which the bytes are, or may become, UTF-8', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(0xc0, 0xf8, 0xff),
        anyText,
        (good, bad, rest) => {
          fc.pre(!good.includes('\0') && !rest.includes('\0'))
          const bytes = Buffer.concat([Buffer.from(`-${good}`), Buffer.from([bad]), Buffer.from(rest)])
          assert.throws(() => decodeText(bytes, 'x'), {
            detail: `x has invalid UTF-8 at byte offset ${Buffer.byteLength(good) + 1} (0x${bad.toString(16)})`,
          })
        },
      ),
    ))
})

describe('the first mistake in JSON', () => {
  const spoilt = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '0', '-', '\\', '\n', 'x', ' '),
    )
    .map(([text, at, char]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + char + text.slice(place + (char === '' ? 1 : 0))
    })

  it('is found exactly when the parser finds one', () =>
    fc.assert(
      fc.property(fc.oneof(spoilt, anyText), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        assert.equal(firstMistake(text) === null, valid, text)
      }),
      { numRuns: 2000 },
    ))

  it('has no mistake before it but that the text ends', () =>
    fc.assert(
      fc.property(spoilt, (text) => {
        const offset = firstMistake(text) ?? text.length
        assert.ok([null, offset].includes(firstMistake(text.slice(0, offset))))
      }),
      { numRuns: 1000 },
    ))
})

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
