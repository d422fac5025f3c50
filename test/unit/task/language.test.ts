import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDocumentation, isTest, isVendored, languageOf } from '../../../src/task/language.ts'

describe('a path', () => {
  it('tells its language by its extension', () => {
    const names = ['a.py', 'src/b.TSX', 'c.d.rs', 'x.rb', 'y.h'].map((path) => languageOf(path)?.name)
    assert.deepEqual(names, ['Python', 'TypeScript', 'Rust', 'Ruby', 'C'])
  })

  it('has no language without an extension or with that of data', () => {
    for (const path of ['py', 'c', 'Makefile', 'a.json', 'a.md', 'src.py/README', ''])
      assert.equal(languageOf(path), undefined, path)
  })

  it('is a test by the conventions of the common languages', () => {
    const tests = [
      'tests/a.py',
      'pkg/test_a.py',
      'a_test.go',
      'src/__tests__/a.js',
      'a.spec.ts',
      'ATest.java',
      'spec/a.rb',
      'conftest.py',
    ]
    assert.deepEqual(
      tests.filter((path) => !isTest(path)),
      [],
    )
    assert.deepEqual(['src/latest.py', 'contest.py', 'testify.go', 'a.py'].filter(isTest), [])
  })

  it('is vendored in the folders where others keep code of others', () => {
    const vendored = ['node_modules/a.js', 'x/vendor/a.go', 'third_party/a.c', 'static/a.min.js']
    assert.deepEqual(
      vendored.filter((path) => !isVendored(path)),
      [],
    )
    assert.ok(!isVendored('src/vendors.py'))
  })

  it('is documentation by its extension', () => {
    assert.ok(['README.md', 'docs/a.rst', 'NOTES.TXT'].every(isDocumentation))
    assert.ok(!isDocumentation('a.py'))
  })
})
