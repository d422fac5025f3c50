import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counted, featuresOf } from '../../fixtures/features.ts'

const of = (body: string, title = 'Title') => featuresOf({ title, body })

describe('the length', () => {
  it('is told in words, lines of code, and the longest line', () => {
    const features = of('one two three\n```\nx = 1\ny = 2\n```\n')
    assert.equal(counted(features.issue_log_words), 3)
    assert.equal(counted(features.issue_log_code_lines), 2)
    assert.equal(features.issue_code_share, 2 / 3)
    assert.equal(counted(features.issue_log_longest), 13)
    assert.equal(features.issue_title_words, 1)
  })

  it('does not count what a template says in comments', () => {
    assert.equal(of('a<!-- many more words -->').issue_log_chars, of('a').issue_log_chars)
  })
})

describe('the structure', () => {
  it('counts headings, items, links, pictures, quotations and sessions', () => {
    const features = of(
      ['# Steps', '- one', '2. two', '> said', '>>> x', 'https://a.b', '![p](c.png)', 'see #1234'].join('\n'),
    )
    const names = 'headings items quotes sessions images references'.split(' ')
    assert.deepEqual(
      names.map((name) => counted(features[`issue_${name}`])),
      [1, 2, 1, 1, 1, 1],
    )
  })

  it('knows a patch from a list', () => {
    assert.equal(of('--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n').issue_diff, 1)
    assert.equal(of('- one\n- two\n').issue_diff, 0)
  })
})

describe('how specific the issue is', () => {
  it('counts the paths, names and errors in it', () => {
    const features = of('In src/a.py the get_url of models.Field raises ValueError', 'Fix get_url')
    assert.equal(counted(features.issue_paths), 1)
    assert.equal(counted(features.issue_errors), 1)
    assert.equal(features.issue_title_identifiers, 1)
    assert.equal(counted(features.issue_dotted), 2)
  })

  it('knows evidence: a session, a command, a stack trace', () => {
    assert.equal(of('>>> f(1)').issue_evidence, 1)
    assert.equal(of('  File "a.py", line 3, in f').issue_evidence, 1)
    assert.equal(of('It does not work.').issue_evidence, 0)
  })
})

describe('what is asked for', () => {
  for (const [feature, yes, no] of [
    ['asks_crash', 'It raises an exception.', 'It is slow.'],
    ['asks_feature', 'Please add support for x.', 'x is broken.'],
    ['asks_regression', 'This used to work.', 'This never worked.'],
    ['asks_docs', 'The documentation is wrong.', 'The output is wrong.'],
    ['asks_instead', 'Use a instead of b.', 'Use a.'],
    ['asks_performance', 'It is too slow.', 'It is wrong.'],
  ] as const) {
    it(`${feature} is 1 for "${yes}" and 0 for "${no}"`, () => {
      assert.equal(of(yes)[feature], 1)
      assert.equal(of(no)[feature], 0)
    })
  }

  it('is read from the sentences, not from the code', () => {
    assert.equal(of('```\nraise ValueError()\n```\n').asks_crash, 0)
  })
})

describe('how far the reporter has got', () => {
  it('is seen by what the code shown is', () => {
    assert.equal(of('```\n    return self.x\n```').diag_internals, 1)
    assert.equal(of('```\nfrom x import y\n```').diag_script, 1)
    assert.equal(of('no code').diag_internals, 0)
  })

  it('is seen by hedging and by naming causes', () => {
    assert.equal(counted(of('Maybe, perhaps not').diag_hedges), 2)
    assert.equal(counted(of('TypeError and KeyError').diag_type_errors), 2)
  })
})
