import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openOutlineCache } from '../../src/task/outline-cache.ts'
import { openRepository } from '../../src/task/repository.ts'
import { readSnapshot } from '../../src/task/snapshot.ts'
import { type Change, gitRepository } from '../fixtures/git-repository.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const path = fc.constantFrom('a.py', 'b.js', 'src/c.c', 'src/d.rb', 'tests/e.py', 'f.md')
const content = fc.option(
  fc.constantFrom(
    '',
    'def a():\n  pass\n',
    '(x) {\n  y\n}\n',
    'f(a,\n',
    '\n{\n  z\n',
    'import (\n',
    "require 'a'\n",
  ),
  { nil: null, freq: 4 },
)
const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({ files: fc.dictionary(path, content, { maxKeys: 5 }), message: fc.string({ maxLength: 20 }) }),
  { minLength: 2, maxLength: 4 },
)

describe('a snapshot', () => {
  it('is the same from a cold cache, a warm one, and one warmed by other commits', () =>
    fc.assert(
      fc.asyncProperty(changes, async (made) => {
        const repository = gitRepository(made)
        const warm = openOutlineCache(temporaryFolder())
        for (let back = made.length - 1; back >= 0; back--) {
          const opened = await openRepository(repository, `HEAD~${back}`)
          const cold = openOutlineCache(null)
          const expected = await readSnapshot(opened, cold)
          cold.close()
          assert.deepEqual(await readSnapshot(opened, warm), expected)
          assert.deepEqual(await readSnapshot(opened, warm), expected)
        }
        warm.close()
      }),
      { numRuns: 12 },
    ))
})
