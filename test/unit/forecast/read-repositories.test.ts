import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RepositoryReader } from '../../../src/forecast/read-repositories.ts'
import { gitRepository } from '../../fixtures/git-repository.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const NEVER = new AbortController().signal

/** Reads these repositories in order; which of the answers are those of before. */
async function readInOrder(most: number, paths: readonly string[]): Promise<readonly boolean[]> {
  const folder = temporaryFolder()
  const reader = new RepositoryReader({ cwd: folder, note: assert.fail }, folder, most)
  const seen = new Set<object>()
  const known: boolean[] = []
  for (const path of paths) {
    const read = await reader.read(path, null, NEVER)
    known.push(seen.has(read))
    seen.add(read)
  }
  reader.close()
  return known
}

describe('the reader of repositories', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => gitRepository([{ files: { [`${name}.py`]: 'x = 1\n' } }]))

  it('keeps the one it read last', async () => {
    assert.deepEqual(await readInOrder(1, [a, a, b, a].map(String)), [false, true, false, false])
  })

  it('keeps so many of those used last', async () => {
    const paths = [a, b, a, c, a, b].map(String)
    assert.deepEqual(await readInOrder(2, paths), [false, false, true, false, true, false])
  })

  it('is ended by the signal of who asks', async () => {
    const folder = temporaryFolder()
    const reader = new RepositoryReader({ cwd: folder, note: assert.fail }, folder, 1)
    await assert.rejects(reader.read(String(a), null, AbortSignal.abort()), { name: 'AbortError' })
    reader.close()
  })
})
