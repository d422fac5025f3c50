import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { App } from '../../src/app.ts'
import { git, gitRepository } from '../fixtures/git-repository.ts'
import { MODELS, syntheticModels } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const folder = temporaryFolder()
const models = await syntheticModels()
const repository = gitRepository([
  { files: { 'parser.py': 'def parse(text):\n    return text.split()\n' } },
  { files: { 'render.py': 'def render(page):\n    return page\n' } },
])
const issue = { title: 'The parser crashes', body: 'parse("") raises IndexError in parser.py' }

interface Answer {
  readonly exit: number
  readonly stderr: string
  readonly lines: readonly Record<string, unknown>[]
}

const flags = (batch: string) => ['estimate', '--batch', batch, '--format', 'jsonl', '--models', models]

/** Runs a batch given as whole bytes. */
async function batch(bytes: string | Uint8Array, ...more: string[]): Promise<Answer> {
  const file = join(folder, 'batch.jsonl')
  writeFileSync(file, bytes)
  return answerOf(await cli([...flags(file), ...more], { cwd: folder }))
}

function answerOf({ exit, stdout, stderr }: Awaited<ReturnType<typeof cli>>): Answer {
  assert.ok(stdout === '' || stdout.endsWith('\n'))
  const lines = stdout.split('\n').slice(0, -1)
  return { exit, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

const jsonl = (...lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')
const task = (id: string, more: object = {}) => ({ id, issue, models: ['gpt-5'], ...more })
const ids = ({ lines }: Answer) => lines.map(({ id }) => id)
const forecastsOf = (line: Record<string, unknown> | undefined) =>
  line?.forecasts as Record<string, unknown>[]
const errorOf = (line: Record<string, unknown> | undefined) => line?.error as Record<string, unknown>

describe('a batch of estimates', () => {
  it('answers a line with the fields of the contract, in their order', async () => {
    const { exit, stderr, lines } = await batch(
      jsonl(
        task('t1', {
          repository: { name: 'acme/anvil', path: repository, commit: git(repository, 'rev-parse', 'HEAD') },
          agent: 'openhands',
        }),
      ),
    )
    assert.deepEqual([exit, stderr, lines.length], [0, '', 1])
    assert.deepEqual(Object.keys(lines[0] ?? {}), ['schema', 'id', 'forecasts'])
    assert.equal(lines[0]?.schema, 'estimate/1')
    const [forecast] = forecastsOf(lines[0])
    assert.deepEqual(Object.keys(forecast ?? {}), [
      'agent',
      'model',
      'outputTokens',
      'totalTokens',
      'log10TotalTokens',
      'classes',
      'classesReason',
      'calls',
      'callsReason',
      'costUsd',
      'costReason',
      'resolved',
      'resolvedReason',
      'basis',
    ])
    const range = ['mean', 'p10', 'p50', 'p80', 'p90']
    for (const name of ['outputTokens', 'totalTokens', 'calls', 'costUsd']) {
      assert.deepEqual(Object.keys(forecast?.[name] as object), range, name)
    }
    assert.deepEqual(Object.keys(forecast?.classes as object), ['input', 'cacheRead', 'cacheWrite', 'output'])
    for (const value of Object.values(forecast?.costUsd as object)) assert.match(value, /^\d+\.\d{2,}$/)
    const basis = forecast?.basis as Record<string, unknown>
    assert.deepEqual([basis.bundle, basis.repository, basis.regime], ['synthetic-1', true, 'known'])
    assert.equal(typeof basis.inDistribution, 'boolean')
    for (const reason of basis.reasons as object[]) {
      assert.deepEqual(Object.keys(reason), ['feature', 'meaning', 'effect'])
    }
  })

  it('keeps the order, and the id of each line as it was given', async () => {
    const given = ['z', 7, 'a', null, 'z', '', 3.5]
    const answer = await batch(jsonl(...given.map((id) => ({ ...task(''), id }))))
    assert.deepEqual([answer.exit, ids(answer)], [0, given])
  })

  it('needs an issue with a title or a body, and nothing else', async () => {
    const answer = await batch(
      jsonl({ issue: { body: issue.body } }, { issue: { title: issue.title, body: null }, repository: null }),
    )
    assert.deepEqual([answer.exit, ids(answer)], [0, [null, null]])
    for (const line of answer.lines) {
      assert.deepEqual(
        forecastsOf(line).map(({ agent, model }) => [agent, model]),
        MODELS.map((model) => ['openhands', model]),
      )
    }
  })

  it('takes a repository by its name alone, which tells its level', async () => {
    const named = (name: string) => task(name, { repository: { name } })
    const { lines } = await batch(jsonl(named('acme/anvil'), named('acme/drill'), named('acme/unheard-of')))
    const [small, large, other] = lines.map((line) => forecastsOf(line)[0]?.log10TotalTokens as number)
    assert.ok((small as number) < (other as number) && (other as number) < (large as number))
    assert.equal((forecastsOf(lines[0])[0]?.basis as { repository: boolean }).repository, false)
  })

  it('answers a bad line in its place with what was wrong, and the rest as if it were not there', async () => {
    const good = await batch(jsonl(task('a'), task('b')))
    const lines: readonly (readonly [string, string | null, string, RegExp])[] = [
      ['{"id":"x","issue":', null, 'batch-line', /line 2, column 19: the text ends too early/],
      ['nonsense', null, 'batch-line', /line 2, column 1/],
      ['[]', null, 'batch-line', /line 2: the whole document/],
      ['null', null, 'batch-line', /line 2: the whole document/],
      ['{"id":"x"}', 'x', 'batch-line', /line 2: \/issue/],
      ['{"id":"x","issue":{"body":7}}', 'x', 'batch-line', /line 2: \/issue\/body/],
      ['{"id":"x","issue":{}}', 'x', 'issue-empty', /the issue/],
      ['{"id":"x","issue":{"body":" \\n "}}', 'x', 'issue-empty', /the issue/],
      ['{"id":"x","issue":{"body":"b"},"models":[]}', 'x', 'batch-line', /\/models/],
      ['{"id":"x","issue":{"body":"b"},"agent":""}', 'x', 'batch-line', /\/agent/],
      ['{"id":{},"issue":{"body":"b"}}', null, 'batch-line', /\/id/],
      [
        '{"id":"x","issue":{"body":"b"},"selfForecasts":{"gpt-5":{"outputTokens":0,"totalTokens":1}}}',
        'x',
        'batch-line',
        /selfForecasts/,
      ],
    ]
    for (const [line, id, code, detail] of lines) {
      const [first, last] = jsonl(task('a'), task('b')).trimEnd().split('\n')
      const answer = await batch(`${first}\n${line}\n${last}\n`)
      assert.deepEqual([answer.exit, ids(answer)], [2, ['a', id, 'b']], line)
      assert.deepEqual([answer.lines[0], answer.lines[2]], good.lines, line)
      assert.deepEqual(Object.keys(answer.lines[1] ?? {}), ['schema', 'id', 'error'])
      const error = errorOf(answer.lines[1])
      assert.deepEqual(Object.keys(error), ['code', 'title', 'detail', 'fix', 'line'])
      assert.deepEqual([error.code, error.line], [code, 2], line)
      assert.match(String(error.detail), detail)
      assert.match(answer.stderr, /^1 line could not be answered/)
    }
  })

  it('answers lines whose repository cannot be read with the path and the commit', async () => {
    const plain = join(folder, 'plain')
    const empty = join(folder, 'empty')
    mkdirSync(plain, { recursive: true })
    git('.', 'init', '--quiet', '--bare', empty)
    const at = (path: string, commit?: string) => task(path, { repository: { path, commit } })
    const gone = 'f'.repeat(40)
    const answer = await batch(
      jsonl(
        at(join(folder, 'absent')),
        at(plain),
        at(empty),
        at(repository, gone),
        at(repository, '--help'),
        at(repository),
      ),
    )
    const errors = answer.lines.map((line) => errorOf(line))
    assert.equal(answer.exit, 2)
    assert.deepEqual(
      errors.map((error) => error?.code),
      [
        'repository-not-found',
        'not-a-repository',
        'repository-empty',
        'commit-not-found',
        'commit-not-found',
        undefined,
      ],
    )
    for (const [error, named] of [
      [errors[0], join(folder, 'absent')],
      [errors[1], plain],
      [errors[2], empty],
      [errors[3], gone],
    ] as const) {
      assert.ok(String(error?.detail).includes(named))
    }
    assert.match(answer.stderr, /^5 lines could not be answered/)
  })

  it('refuses the bytes of a line that are no text, and goes on', async () => {
    const good = Buffer.from(jsonl(task('a')))
    const invalid = Buffer.from('{"id":"x","issue":{"body":"\xff\xfe"}}\n', 'latin1')
    const nul = Buffer.from('{"id":"x","issue":{"body":"\0"}}\n')
    const answer = await batch(Buffer.concat([good, invalid, nul, good]))
    assert.deepEqual([answer.exit, ids(answer)], [2, ['a', null, null, 'a']])
    assert.equal(errorOf(answer.lines[1]).code, 'issue-not-text')
    assert.match(String(errorOf(answer.lines[1]).detail), /line 2 has invalid UTF-8 at byte offset 27/)
    assert.match(String(errorOf(answer.lines[2]).detail), /line 3 has a NUL byte/)
  })

  it('refuses a line of more than 16 MiB without holding it, and an issue of more than 2 MiB', async () => {
    const long = `{"id":"long","issue":{"body":"${'x'.repeat(17 * 2 ** 20)}"}}\n`
    const large = jsonl({ id: 'large', issue: { body: 'y '.repeat(1.5 * 2 ** 20) } })
    const answer = await batch(long + large + jsonl(task('a')))
    assert.deepEqual([answer.exit, ids(answer)], [2, [null, 'large', 'a']])
    assert.deepEqual(
      answer.lines.slice(0, 2).map((line) => errorOf(line).code),
      ['batch-line', 'issue-too-large'],
    )
    assert.match(String(errorOf(answer.lines[0]).detail), /line 1 is longer than 16 MiB/)
  })

  it('reads CRLF, empty lines, a byte order mark and a last line without an end', async () => {
    const [a, b] = jsonl(task('a'), task('b')).trimEnd().split('\n')
    const answer = await batch(`\uFEFF${a}\r\n\r\n   \n\n${b}`)
    assert.deepEqual([answer.exit, ids(answer)], [0, ['a', 'b']])
    const broken = await batch(`\n\n${a}\r\n\n{`)
    assert.equal(errorOf(broken.lines[1]).line, 5)
  })

  it('answers an empty file with nothing', async () => {
    assert.deepEqual(await batch(''), { exit: 0, stderr: '', lines: [] })
    assert.deepEqual(await batch('\n\n'), { exit: 0, stderr: '', lines: [] })
  })

  it('reads standard input for "-", wherever it is cut', async () => {
    const bytes = Buffer.from(jsonl(task('a'), { ...task('ü'), issue: { body: 'Ünïcode' } }))
    const stdin: App['stdin'] = async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
    }
    const answer = answerOf(await cli(flags('-'), { cwd: folder, stdin }))
    assert.deepEqual([answer.exit, ids(answer)], [0, ['a', 'ü']])
    assert.deepEqual(answer.lines, (await batch(bytes)).lines)
  })

  it('takes what a line does not say from the command line', async () => {
    const line = jsonl(
      { issue },
      { issue, models: ['gpt-5'], agent: 'my-agent', repository: { name: 'acme/drill' } },
    )
    const more = ['--model', 'mystery-1', '--agent', 'OpenHands 0.50', '--repo', repository, '--budget', '1']
    const { lines } = await batch(line, ...more)
    const [first, second] = lines.map((each) => forecastsOf(each)[0] as Record<string, unknown>)
    assert.deepEqual([first?.agent, first?.model, first?.overBudget], ['OpenHands 0.50', 'mystery-1', null])
    assert.deepEqual([second?.agent, second?.model], ['my-agent', 'gpt-5'])
    assert.equal(typeof second?.overBudget, 'number')
    const kinships = [first, second].map((each) => (each?.basis as { kinship: string }).kinship)
    assert.deepEqual(kinships, ['trained', 'other-agent'])
    assert.equal((second?.basis as { repository: boolean }).repository, true)
  })

  it('follows what a model forecasts for itself, given on the line or the command line', async () => {
    const said = (totalTokens: number) => ({ 'gpt-5': { outputTokens: totalTokens / 40, totalTokens } })
    const { lines } = await batch(
      jsonl(
        task('low', { selfForecasts: said(1e5) }),
        task('none'),
        task('high', { selfForecasts: said(4e6) }),
      ),
    )
    const [low, none, high] = lines.map((line) => forecastsOf(line)[0]?.log10TotalTokens as number)
    assert.ok((low as number) < (none as number) && (none as number) < (high as number))
    const flagged = await batch(jsonl(task('none')), '--self-forecast', 'gpt-5=100000,4000000')
    assert.deepEqual(forecastsOf(flagged.lines[0]), forecastsOf(lines[2]))
  })

  it('gives the same bytes for the same input', async () => {
    const lines = jsonl(
      task('a', { repository: { path: repository } }),
      task('b'),
      task('a', { repository: { path: repository } }),
    )
    const [once, again] = [await batch(lines), await batch(lines)]
    assert.deepEqual(once, again)
    assert.deepEqual(once.lines[0], once.lines[2])
  })

  it('fails as a whole, with one document, when nothing can be answered', async () => {
    const run = async (...args: string[]) => {
      const { exit, stdout, stderr } = await cli(['estimate', ...args], { cwd: folder })
      assert.deepEqual([exit, stderr], [2, ''])
      const { schema, error } = JSON.parse(stdout) as { schema: string; error: Record<string, unknown> }
      assert.deepEqual([schema, Object.keys(error)], ['error/1', ['code', 'title', 'detail', 'fix', 'exit']])
      return error
    }
    const jsonLines = ['--format', 'jsonl']
    const absent = await run('--batch', 'absent.jsonl', ...jsonLines)
    assert.equal(absent.code, 'file-not-found')
    assert.match(String(absent.detail), /absent\.jsonl/)
    assert.equal((await run('--batch', '.', ...jsonLines)).code, 'file-unreadable')
    writeFileSync(join(folder, 'one.jsonl'), jsonl(task('a')))
    assert.equal(
      (await run('--batch', 'one.jsonl', ...jsonLines, '--bundle', 'nope')).code,
      'bundle-not-found',
    )
    assert.match(String((await run('--batch', 'one.jsonl', '--format', 'json')).fix), /--format jsonl/)
    assert.match(
      String((await run('issue.md', '--batch', 'one.jsonl', ...jsonLines)).detail),
      /issue\.md.*--batch/,
    )
  })
})
