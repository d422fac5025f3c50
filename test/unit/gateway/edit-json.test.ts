import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { removeMember, setMember } from '../../../src/gateway/wire/edit-json.ts'

describe('setMember', () => {
  it('inserts behind the last member and makes the parents that are missing', () => {
    assert.equal(
      setMember('{ "model": "m", "stream": true }', ['stream_options', 'include_usage'], true),
      '{ "model": "m", "stream": true,"stream_options":{"include_usage":true} }',
    )
    assert.equal(setMember('{ }', ['a'], 1), '{"a":1 }')
  })

  it('puts an object in the place of a parent that is none', () => {
    assert.equal(setMember('{"a": null, "b": [1]}', ['a', 'b'], 1), '{"a": {"b":1}, "b": [1]}')
  })

  it('sets a member that is there twice in both places, its name in escapes or not', () => {
    assert.equal(
      setMember('{"max_tokens":9,"m":"}","\\u006dax_tokens":99}', ['max_tokens'], 5),
      '{"max_tokens":5,"m":"}","\\u006dax_tokens":5}',
    )
  })
})

describe('removeMember', () => {
  it('takes the comma along, wherever the member stands', () => {
    assert.equal(removeMember('{"a":1,"usage":null}', ['usage']), '{"a":1}')
    assert.equal(removeMember('{"usage":null, "a":1}', ['usage']), '{"a":1}')
    assert.equal(removeMember('{"a":1, "usage":null, "b":2}', ['usage']), '{"a":1, "b":2}')
    assert.equal(removeMember('{ "usage":null }', ['usage']), '{  }')
    assert.equal(removeMember('{"u":1,"u":2,"a":3,"u":4,"u":5}', ['u']), '{"a":3}')
  })

  it('comes back from a text that is not JSON', () => {
    for (const text of ['', '{', '{"a', '{"a"', '{"a":', '{"a":[{', '{"a":"\\', '{"a":1,', '{,}', '[1]']) {
      assert.equal(typeof removeMember(text, ['a']), 'string')
      assert.equal(typeof setMember(text, ['b', 'c'], 1), 'string')
    }
  })
})
