import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pathsIn } from '../../../src/features/named-paths.ts'

describe('the paths in a line', () => {
  for (const [line, paths] of [
    ['see django/db/models/query.py, line 3', ['django/db/models/query.py']],
    ['`setup.cfg` and (a-b/c.d.ts)', ['setup.cfg', 'a-b/c.d.ts']],
    ['https://github.com/x/y/blob/main/src/a.py#L3', ['github.com/x/y/blob/main/src/a.py']],
    ['File "/usr/lib/python3.9/site-packages/x/y.py"', ['usr/lib/python3.9/site-packages/x/y.py']],
    ['./a.js ../b/c.yaml', ['./a.js', '../b/c.yaml']],
    ['a.py/b is a folder', ['a.py']],
    ['a.python and x.pyc and e.g. 1.5 and .py', []],
    ['C:\\dir\\file.cs', ['file.cs']],
    ['a//b.rb', ['b.rb']],
    ['no path at all', []],
    ['', []],
  ] as const) {
    it(`"${line}" has ${paths.length === 0 ? 'none' : paths.join(', ')}`, () =>
      assert.deepEqual(pathsIn(line), paths))
  }

  it('keep twelve folders and eighty characters of a name', () => {
    const folders = Array.from({ length: 20 }, (_, i) => `f${i}`)
    assert.deepEqual(pathsIn(`${folders.join('/')}/a.py`), [`${folders.slice(-12).join('/')}/a.py`])
    assert.deepEqual(pathsIn(`x/${'y'.repeat(500)}.py`), [`${'y'.repeat(77)}.py`])
  })
})
