import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatCsv } from '../src/format-csv.mjs'

describe('formatCsv', () => {
  it('quotes what needs it', () => {
    assert.equal(formatCsv([{ a: '1,5', b: 'say "hi"' }]), 'a,b\n"1,5","say ""hi"""\n')
  })

  it('writes nothing for nothing', () => assert.equal(formatCsv([]), ''))
})
