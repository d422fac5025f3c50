import assert from 'node:assert/strict'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { KnownError } from '../../../src/errors.ts'
import { ISSUE_LIMIT_BYTES, type IssueDocument } from '../../../src/task/issue.ts'
import { readIssueFile, readIssueStdin } from '../../../src/task/issue-file.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/issues', import.meta.url))
const { signal } = new AbortController()

describe('an issue file', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'issue-file-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function readBytes(bytes: string | Uint8Array, name = 'issue.md'): Promise<IssueDocument> {
    await writeFile(join(folder, name), bytes)
    return readIssueFile(name, folder, signal)
  }
  const refuses = (bytes: string | Uint8Array, code: string, detail: RegExp, name?: string) =>
    assert.rejects(readBytes(bytes, name), (error: KnownError) => {
      assert.equal(error.code, code)
      assert.equal(error.exit, 2)
      assert.match(error.detail, detail)
      return true
    })

  it('takes its title from the first heading', async () => {
    const { issue, hints } = await readIssueFile('plain.md', FIXTURES, signal)
    assert.equal(issue.title, 'Negative widths crash `format_table`')
    assert.match(issue.body, /^\nCalling `format_table/)
    assert.deepEqual(issue.labels, [])
    assert.deepEqual(issue.source, { kind: 'file', path: 'plain.md' })
    assert.deepEqual(hints, {})
  })

  it('takes title, labels and hints from its front matter', async () => {
    const { issue, hints } = await readIssueFile('front-matter.md', FIXTURES, signal)
    assert.equal(issue.title, 'Negative widths crash `format_table`')
    assert.equal(issue.body, '\n# Steps\n\n1. Call `format_table(rows, width=-1)`.\n')
    assert.deepEqual(issue.labels, ['bug', 'good first issue'])
    assert.deepEqual(hints, {
      repository: 'example/tables',
      commit: '0123456789abcdef0123456789abcdef01234567',
      agent: 'openhands',
      models: ['gpt-5', 'claude-sonnet-4-5'],
    })
  })

  it('may be JSON with a title and a body', async () => {
    const { issue, hints } = await readIssueFile('plain.json', FIXTURES, signal)
    assert.equal(issue.body, 'Calling it raises `IndexError`.\n')
    assert.deepEqual(issue.labels, ['bug', 'tables'])
    assert.deepEqual(hints, { models: ['gpt-5'] })
  })

  it('may be a task of the SWE-bench family', async () => {
    const { issue, hints } = await readIssueFile('benchmark-task.json', FIXTURES, signal)
    assert.equal(issue.title, 'Negative widths crash `format_table`')
    assert.equal(issue.body, 'Calling it raises `IndexError`.\n')
    assert.deepEqual(hints, {
      id: 'example__tables-17',
      repository: 'example/tables',
      commit: '0123456789abcdef0123456789abcdef01234567',
    })
  })

  it('may have a byte order mark and Windows line ends', async () => {
    const { issue } = await readBytes('\uFEFF# Title\r\n\r\nBody\r\n')
    assert.deepEqual([issue.title, issue.body], ['Title', '\nBody\n'])
  })

  it('keeps a horizontal rule as text', async () => {
    const { issue } = await readBytes('---\nnot a key\n---\nrest\n')
    assert.deepEqual([issue.title, issue.body], ['---', 'not a key\n---\nrest\n'])
  })

  it('has no title when its first line is prose', async () => {
    const prose = 'word '.repeat(100)
    assert.deepEqual((await readBytes(`${prose}\nmore`)).issue.title, '')
  })

  it('replaces lone surrogates, which no tokenizer takes', async () => {
    const { issue } = await readBytes('{"title": "a\\ud800b", "body": ""}', 'surrogate.json')
    assert.equal(issue.title, 'a\uFFFDb')
  })

  it('is refused when it is missing or a folder', async () => {
    await assert.rejects(readIssueFile('missing.md', folder, signal), {
      code: 'file-not-found',
      detail: 'missing.md',
    })
    await assert.rejects(readIssueFile('.', folder, signal), {
      code: 'file-unreadable',
      detail: '. is a folder',
    })
    await writeFile(join(folder, 'file'), 'x')
    await assert.rejects(readIssueFile('file/x.md', folder, signal), { code: 'file-not-found' })
  })

  it('is refused when it is empty', async () => {
    await refuses('', 'issue-empty', /^issue\.md$/)
    await refuses(' \r\n\t\n', 'issue-empty', /issue\.md/)
    await refuses('{"title": "", "body": null}', 'issue-empty', /x\.json/, 'x.json')
  })

  it('is refused by its size before any of it is read', async () => {
    const file = await open(join(folder, 'huge.md'), 'w')
    await file.truncate(50_000_000_000) // sparse: reading it would take minutes
    await file.close()
    await assert.rejects(readIssueFile('huge.md', folder, signal), {
      code: 'issue-too-large',
      detail: 'huge.md has 50,000,000,000 bytes, the limit is 2,097,152',
    })
  })

  it('is accepted up to the limit', async () => {
    const { issue } = await readBytes(`t\n${'x'.repeat(ISSUE_LIMIT_BYTES - 2)}`)
    assert.equal(issue.body.length, ISSUE_LIMIT_BYTES - 2)
    await refuses('x'.repeat(ISSUE_LIMIT_BYTES + 1), 'issue-too-large', /2,097,153 bytes/)
  })

  it('is refused when it is not UTF-8, by the byte', async () => {
    await refuses(Buffer.from('abc\0def'), 'issue-not-text', /NUL byte at offset 3/)
    await refuses(Buffer.from([0x68, 0x69, 0xff, 0x21]), 'issue-not-text', /offset 2 \(0xff\)/)
    await refuses(
      Buffer.from([0x68, 0xe2, 0x82]),
      'issue-not-text',
      /ends inside a UTF-8 sequence, at byte offset 3/,
    )
    await refuses(Buffer.from('\uFEFFhi', 'utf16le'), 'issue-not-text', /UTF-16/)
    await refuses('{"title": "a\\u0000b"}', 'issue-not-text', /NUL character at position 1/, 'nul.json')
  })

  it('is refused when it is not JSON although it says so, by line and column', async () => {
    await refuses(
      '{"title": "x",\n "body": oops}',
      'issue-malformed',
      /x\.json, line 2, column 10: unexpected "o"/,
      'x.json',
    )
    await refuses('{"title": "x"', 'issue-malformed', /line 1, column 14: the text ends too early/, 'x.json')
    await refuses('{"title": 3}', 'issue-malformed', /\/title: /, 'x.json')
    await refuses('[]', 'issue-malformed', /the whole document: /, 'x.json')
  })

  it('passes special tokens and hostile text quickly', async () => {
    const started = performance.now()
    const texts = [
      '<|endoftext|><|im_start|>',
      'a'.repeat(1_000_000),
      '#'.repeat(1_000_000),
      ' '.repeat(1_000_000).concat('x'),
      `---\n${'a'.repeat(1_000_000)}\n---\n`,
      `---\n- ${' '.repeat(1_000_000)}\n---\n`,
      '> '.repeat(500_000),
      '\r'.repeat(1_000_000).concat('x'),
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
    ]
    for (const text of texts) await readBytes(text)
    await refuses(`{"title": ${'['.repeat(1_000_000)}`, 'issue-malformed', /ends too early/)
    assert.ok(performance.now() - started < 5000)
  })
})

describe('an issue on standard input', () => {
  it('is read like a file', async () => {
    const { issue } = await readIssueStdin(chunks(Buffer.from('{"title":'), Buffer.from('"é"}')), signal)
    assert.deepEqual([issue.title, issue.source], ['é', { kind: 'stdin' }])
  })

  it('is read no further than the limit', async () => {
    let given = 0
    async function* endless() {
      for (;;) {
        given += 65536
        yield Buffer.alloc(65536, 'x')
      }
    }
    await assert.rejects(readIssueStdin(endless(), signal), { code: 'issue-too-large' })
    assert.ok(given <= ISSUE_LIMIT_BYTES + 65536)
  })

  it('is given up when the user interrupts', async () => {
    const reason = new Error('interrupted')
    await assert.rejects(readIssueStdin(chunks(Buffer.from('x')), AbortSignal.abort(reason)), reason)
  })
})

async function* chunks(...parts: Buffer[]) {
  yield* parts
}
