import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { builtCli, type Ended, ROOT, type Surroundings } from '../fixtures/built-cli.ts'
import { git, gitRepository } from '../fixtures/git-repository.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return name
}
const repository = gitRepository([{ files: { 'a.py': 'def parse(text):\n    return text\n' } }])
const fine = write('fine.md', '# The parser crashes\n\nparse("") raises IndexError in a.py\n')

/** Long enough for a slow machine under load, short enough to be no hang. */
const SECONDS = 20

const estimate = (args: readonly string[], more: Partial<Surroundings> = {}) =>
  builtCli(['estimate', ...args], { cwd: folder, ...more })

/** Failed as a person is told: nothing on standard output, the value in the message, a way on after `→`. */
function refused({ exit, stdout, stderr, seconds }: Ended, named: RegExp): void {
  assert.deepEqual([exit, stdout], [2, ''], stderr)
  assert.match(stderr, named)
  assert.match(stderr, /^error: [A-Z].*\n→ \S.*\n$/s)
  assert.doesNotMatch(stderr, /\n +at |bug/)
  assert.ok(seconds < SECONDS, `${seconds} s`)
}

/** Answered: a table on standard output with a row for each model. */
function answered({ exit, stdout, stderr, seconds }: Ended): void {
  assert.deepEqual([exit, stderr], [0, ''])
  assert.match(stdout, /^gpt-5 .*\$\d/m)
  assert.ok(seconds < SECONDS, `${seconds} s`)
}

describe('an issue that cannot be used', () => {
  it('is refused where there is none', async () => {
    refused(await estimate(['absent.md']), /absent\.md/)
    mkdirSync(join(folder, 'a-folder'))
    refused(await estimate(['a-folder']), /a-folder is a folder/)
    refused(await estimate([write('empty.md', '')]), /The issue is empty: empty\.md/)
    refused(await estimate([write('blank.md', ' \n\t\n')]), /The issue is empty: blank\.md/)
    refused(await estimate(['-'], { stdin: '' }), /The issue is empty: standard input/)
  })

  it('is refused where it is far too large, from a file or standard input', async () => {
    write('large.md', 'x')
    truncateSync(join(folder, 'large.md'), 50 * 2 ** 20)
    refused(await estimate(['large.md']), /too large: large\.md has 52,428,800 bytes/)
    refused(
      await estimate(['-'], { stdin: Buffer.alloc(50 * 2 ** 20, 'word ') }),
      /too large: standard input/,
    )
  })

  it('is refused where it is no text', async () => {
    const binary = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)
    refused(await estimate([write('binary.md', binary)]), /not UTF-8 text: binary\.md/)
    refused(
      await estimate([write('latin.md', Buffer.from('caf\xe9 crashes', 'latin1'))]),
      /latin\.md has invalid UTF-8 at byte offset \d/,
    )
    refused(await estimate([write('torn.json', '{"title": "x"')]), /torn\.json, line 1, column 14/)
  })
})

describe('an issue that is odd', () => {
  for (const [name, body] of [
    ['special tokens', '<|endoftext|><|fim_prefix|> <|endofprompt|> '.repeat(50)],
    ['a million times one letter', 'a'.repeat(1_000_000)],
    ['a million times one sign', '('.repeat(1_000_000)],
    ['a million spaces', `x${' '.repeat(1_000_000)}y`],
    ['a million line ends', `x${'\n'.repeat(1_000_000)}y`],
    [
      'Markdown nested as deep as it goes',
      `${'> '.repeat(20_000)}a\n${'['.repeat(50_000)}${'](x)'.repeat(50_000)}\n${'*_'.repeat(50_000)}`,
    ],
    ['fences without end', '```\n'.repeat(100_000)],
    ['emoji and every kind of script', '👩‍👩‍👧‍👦 שלום 中文 \u202e ﷽ '.repeat(2000)],
    ['a stack trace of a hundred thousand frames', '  File "/a/b.py", line 3, in f\n'.repeat(60_000)],
  ] as const) {
    it(`is answered in seconds: ${name}`, async () => {
      answered(
        await estimate([write('odd.md', `# Odd\n\n${body}\n`), '--repo', repository, '--model', 'gpt-5']),
      )
    })
  }
})

describe('a repository that cannot be used', () => {
  it('is refused by its path and commit', async () => {
    mkdirSync(join(folder, 'plain'))
    git('.', 'init', '--quiet', join(folder, 'no-commit'))
    refused(await estimate([fine, '--repo', 'absent']), /No such folder: .*absent/)
    refused(await estimate([fine, '--repo', fine]), /Not a git repository: .*fine\.md/)
    refused(await estimate([fine, '--repo', 'plain']), /Not a git repository: .*plain/)
    refused(await estimate([fine, '--repo', 'no-commit']), /no commit: .*no-commit/)
    refused(
      await estimate([fine, '--repo', repository, '--commit', 'deadbeef']),
      /No such commit: "deadbeef"/,
    )
    refused(
      await estimate([fine, '--repo', repository, '--commit', '--upload-pack=x']),
      /No such commit: "--upload-pack=x"/,
    )
  })
})

describe('an agent and a model that nobody knows', () => {
  it('are answered, with a wider range and without a price', async () => {
    const { exit, stdout, seconds } = await estimate([
      fine,
      '--agent',
      'my-agent',
      '--model',
      'gpt-5',
      'never-heard-of',
      '--format',
      'json',
    ])
    assert.ok(exit === 0 && seconds < SECONDS)
    const { forecasts } = JSON.parse(stdout)
    assert.deepEqual(
      forecasts.map(({ basis }: { basis: { kinship: string } }) => basis.kinship),
      ['other-agent', 'unseen'],
    )
    assert.equal(forecasts[1].costUsd, null)
    assert.match(forecasts[1].costReason, /no price for never-heard-of/)
  })
})

describe('a bundle that is damaged', () => {
  const place = join(folder, 'models', 'verified-1')
  mkdirSync(place, { recursive: true })
  const model = join(place, 'model.json')
  const withModels = [fine, '--models', 'models']

  it('is refused by its file', async () => {
    copyFileSync(join(ROOT, 'models/verified-1/model.json'), model)
    answered(await estimate([...withModels, '--model', 'gpt-5']))
    const bytes = readFileSync(model)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
    writeFileSync(model, bytes)
    refused(await estimate(withModels), /damaged or not ours: .*model\.json has hash/)
    writeFileSync(model, bytes.subarray(0, bytes.length / 2))
    refused(await estimate(withModels), /model\.json does not end like a bundle/)
    writeFileSync(model, '{"name": "something else"}')
    refused(await estimate(withModels), /model\.json does not begin like a bundle/)
  })

  it('fails with one document in JSON, and with one before any line of a batch', async () => {
    write('batch.jsonl', `${JSON.stringify({ id: 'a', issue: { body: 'b' } })}\n`)
    for (const args of [
      [...withModels, '--format', 'json'],
      ['--batch', 'batch.jsonl', '--models', 'models', '--format', 'jsonl'],
    ]) {
      const { exit, stdout, stderr } = await estimate(args)
      assert.deepEqual([exit, stderr, JSON.parse(stdout).error.code], [2, '', 'bundle-corrupt'])
    }
  })
})

describe('a bad call', () => {
  it('leaves nothing behind in the folder it was made in', async () => {
    const own = temporaryFolder()
    writeFileSync(join(own, 'fine.md'), '# A\n')
    for (const args of [
      ['estimate', 'absent.md'],
      ['estimate', 'fine.md', '--repo', 'absent'],
      ['train', '--data', 'absent', '--models', 'out'],
      ['train', '--id', '../x', '--models', 'out'],
      ['evaluate', '--data', 'absent'],
      ['evaluate', '--corpus', 'absent'],
      ['models', 'show', 'nope', '--models', 'out'],
    ]) {
      refused(await builtCli(args, { cwd: own }), /absent|\.\.\/x|nope/)
    }
    assert.deepEqual(readdirSync(own), ['fine.md'])
  })

  it('is answered where what was read cannot be remembered, and told so', async () => {
    const own = temporaryFolder()
    writeFileSync(join(own, 'taken'), '')
    writeFileSync(join(own, 'fine.md'), '# A\n')
    const args = ['estimate', 'fine.md', '--repo', repository, '--cache', 'taken/cache']
    const { exit, stdout, stderr } = await builtCli(args, { cwd: own })
    assert.equal(exit, 0)
    assert.match(stdout, /^gpt-5 /m)
    assert.match(stderr, /cannot be written: .*taken.cache.* → /)
  })

  it('cannot write a bundle where it may not, and says where before the work is done', async () => {
    const own = temporaryFolder()
    writeFileSync(join(own, 'taken'), '')
    refused(await builtCli(['train', '--models', 'taken/models'], { cwd: own }), /cannot be written: .*taken/)
  })
})
