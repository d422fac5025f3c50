import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { builtCli, ROOT } from '../fixtures/built-cli.ts'
import { git } from '../fixtures/git-repository.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

describe('a batch of a thousand lines', () => {
  it('has a thousand answers in their order, over the repository of this project', async () => {
    const cwd = temporaryFolder()
    const path = join(cwd, 'repository')
    // A copy with its history: the project may stand in a work tree that is just being changed.
    git('.', 'clone', '--quiet', '--bare', ROOT, path)
    const commit = git(path, 'rev-parse', 'HEAD')
    const topics = ['price book', 'issue reader', 'progress bar', 'Markdown escaping', 'git plumbing']
    const lines = Array.from({ length: 1000 }, (_, i) => ({
      id: i,
      issue: { title: `The ${topics[i % 5]} fails`, body: `Case ${i} of src/cli/main.ts goes wrong.` },
      repository: i % 4 === 3 ? null : { name: 'someone/foretoken', path, commit },
      models: ['gpt-5'],
    }))
    const stdin = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const { exit, stdout, stderr } = await builtCli(['estimate', '--batch', '-', '--format', 'jsonl'], {
      cwd,
      stdin,
    })
    assert.deepEqual([exit, stderr], [0, ''])
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      answers.map(({ id }) => id),
      lines.map(({ id }) => id),
    )
    for (const [i, { forecasts }] of answers.entries()) {
      assert.equal(forecasts.length, 1)
      assert.equal(forecasts[0].basis.repository, i % 4 !== 3)
    }
  })
})
