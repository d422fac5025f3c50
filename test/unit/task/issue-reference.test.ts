import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseIssueReference } from '../../../src/task/issue-reference.ts'

const issue = (owner: string, repository: string, number: number) => ({
  kind: 'github',
  owner,
  repository,
  number,
})
const ENTERPRISE = 'https://git.example.com/api/v3'

describe('an issue reference', () => {
  it('may be standard input or a file', () => {
    assert.deepEqual(parseIssueReference('-'), { kind: 'stdin' })
    for (const path of [
      'issue.md',
      './a/b#3',
      '/abs/issue.json',
      'dir/with#hash.md',
      'a/b/c#1',
      'C:\\issue.md',
    ]) {
      assert.deepEqual(parseIssueReference(path), { kind: 'file', path })
    }
  })

  it('may be short', () => {
    assert.deepEqual(parseIssueReference('django/django#11099'), issue('django', 'django', 11099))
    assert.deepEqual(parseIssueReference('a-b/c.d_e#1'), issue('a-b', 'c.d_e', 1))
  })

  it('may be the address of an issue or a pull request, wherever in it', () => {
    const base = 'https://github.com/django/django'
    for (const end of [
      'issues/7',
      'pull/7',
      'pulls/7',
      'pull/7/files',
      'issues/7#issuecomment-1',
      'issues/7?x=1',
    ]) {
      assert.deepEqual(parseIssueReference(`${base}/${end}`), issue('django', 'django', 7), end)
    }
    assert.deepEqual(parseIssueReference('HTTPS://GitHub.com/a/b/issues/7'), issue('a', 'b', 7))
    assert.deepEqual(parseIssueReference('https://www.github.com/a/b/issues/7'), issue('a', 'b', 7))
  })

  it('may be of GitHub Enterprise when its API is configured, and only of that host', () => {
    const url = 'https://git.example.com/a/b/issues/7'
    assert.deepEqual(parseIssueReference(url, ENTERPRISE), issue('a', 'b', 7))
    assert.deepEqual(
      parseIssueReference('https://acme.ghe.com/a/b/issues/7', 'https://api.acme.ghe.com'),
      issue('a', 'b', 7),
    )
    assert.throws(() => parseIssueReference(url), { code: 'issue-reference' })
    assert.throws(() => parseIssueReference('https://github.com/a/b/issues/7', ENTERPRISE), {
      code: 'issue-reference',
      detail:
        'https://github.com/a/b/issues/7 is not on git.example.com, which the API https://git.example.com/api/v3 serves',
    })
  })

  it('may be of github.com when the API is a proxy of it', () => {
    const proxy = 'http://127.0.0.1:8080'
    assert.deepEqual(parseIssueReference('https://github.com/a/b/issues/7', proxy), issue('a', 'b', 7))
  })

  it('is refused when it is an address of something else', () => {
    const wrong = [
      'https://github.com/a/b',
      'https://github.com/a/b/discussions/7',
      'https://github.com/a/b/issues/x',
      'https://github.com/a/../issues/7',
      'https://example.com/a/b/issues/7',
      'https://github.com.evil.example/a/b/issues/7',
      'https://',
      'a/b#0',
      'a/..#1',
      '',
    ]
    for (const text of wrong) {
      assert.throws(() => parseIssueReference(text), { code: 'issue-reference', exit: 2 }, text)
    }
  })
})
