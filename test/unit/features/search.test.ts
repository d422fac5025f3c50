import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { takeApart } from '../../../src/features/issue-parts.ts'
import { queriesOf } from '../../../src/features/query.ts'
import { MAX_HITS, type Place, search } from '../../../src/features/search.ts'
import { hashTerm } from '../../../src/task/term.ts'
import { snapshotOf } from '../../fixtures/features.ts'

const queries = (title: string, body = '') => queriesOf(takeApart({ title, body }))
const find = (files: Readonly<Record<string, string>>, title: string, body = '') =>
  search(snapshotOf(files), queries(title, body))
const pathsOf = (files: Readonly<Record<string, string>>, title: string, place: Place = 'file') =>
  find(files, title).hits[place].all.map(({ file }) => file.path)

describe('the queries of an issue', () => {
  it('hold its words and their parts, without stop words and numbers', () => {
    const { all } = queries('The get_url of HTMLParser 42', '')
    const words = ['get_url', 'url', 'htmlparser', 'html', 'parser']
    assert.deepEqual([...all.keys()], words.map(hashTerm))
  })

  it('count a word three times at most', () => {
    assert.deepEqual([...queries('spam', 'spam spam spam spam').all.values()], [3])
  })

  it('are one for the whole issue, one for the title, one for the names in it', () => {
    const { title, names } = queries('Broken table', 'Call some_name now')
    assert.ok(title.has(hashTerm('table')) && !title.has(hashTerm('call')))
    assert.ok(names.has(hashTerm('some_name')) && !names.has(hashTerm('table')))
  })
})

describe('a search', () => {
  const files = {
    'a.py': 'def alpha(x):\n    return shared\n',
    'b.py': 'def beta(x):\n    return shared\n\ndef other():\n    beta\n',
    'tests/test_b.py': 'def test_beta():\n    beta\n',
  }

  it('finds the files that hold the rarest words first, tests apart', () => {
    assert.deepEqual(pathsOf(files, 'shared beta'), ['b.py', 'a.py'])
    assert.deepEqual(pathsOf(files, 'shared beta', 'test'), ['tests/test_b.py'])
  })

  it('finds the definitions', () => {
    const found = find(files, 'beta').hits.unit.all
    assert.deepEqual(
      found.map(({ file, unit }) => [file.path, unit]),
      [
        ['b.py', 2],
        ['b.py', 1],
      ],
    )
  })

  it('finds words in paths', () => {
    assert.deepEqual(pathsOf({ 'deep/widget_factory.py': 'x\n', 'b.py': 'y\n' }, 'the widget'), [
      'deep/widget_factory.py',
    ])
  })

  it('gives equal scores in the order of the files, fifty at most', () => {
    const many = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [`f${String(i).padStart(2, '0')}.py`, 'spam']),
    )
    assert.deepEqual(pathsOf(many, 'spam'), Object.keys(many).slice(0, MAX_HITS))
  })

  it('gives the same hits as sorting all scores would', () => {
    const texts = Array.from({ length: 200 }, (_, i) => [
      `f${i}.py`,
      `${'spam '.repeat((i * 37) % 23)}${'x '.repeat((i * 11) % 17)}`,
    ])
    const { all } = find(Object.fromEntries(texts), 'spam').hits.file
    const scores = all.map(({ score }) => score)
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    )
    assert.equal(all.length, MAX_HITS)
  })

  it('finds nothing for nothing', () => {
    assert.deepEqual(pathsOf({}, 'spam'), [])
    assert.deepEqual(pathsOf(files, 'unheard'), [])
    assert.deepEqual(pathsOf({ 'empty.py': '' }, 'empty'), [])
  })

  it('tells the share of the words that the code knows', () => {
    const { known } = find(files, 'alpha unheard')
    assert.equal(known.title, 1 / 2)
    assert.equal(known.names, null)
  })
})
