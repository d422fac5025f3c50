import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCsv } from '../src/parse-csv.mjs'

describe('parseCsv', () => {
  it('names fields by the header', () => {
    assert.deepEqual(parseCsv('name,age\nAda,36\n'), [{ name: 'Ada', age: '36' }])
  })

  it('takes quotes off', () => {
    assert.deepEqual(parseCsv('a,b\n"1,5","say ""hi"""\n'), [{ a: '1,5', b: 'say "hi"' }])
  })

  it('leaves what is missing empty, and skips blank lines', () => {
    assert.deepEqual(parseCsv('a,b\r\n1\r\n\r\n2,3\r\n'), [
      { a: '1', b: '' },
      { a: '2', b: '3' },
    ])
  })

  it('takes other separators', () => {
    assert.deepEqual(parseCsv('a;b\n1,5;2\n', { separator: ';' }), [{ a: '1,5', b: '2' }])
  })

  it('knows nothing of nothing', () => assert.deepEqual(parseCsv(''), []))
})
