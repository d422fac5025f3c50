import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BatchReader } from '../../../src/task/batch-reader.ts'
import { readBlobs } from '../../../src/task/blobs.ts'
import { openRepository } from '../../../src/task/repository.ts'
import { git, gitRepository } from '../../fixtures/git-repository.ts'
import { failsWith } from '../../fixtures/known-failure.ts'

async function contents(path: string, ids: readonly string[], maxBytes = 1 << 20) {
  const read: (string | null)[] = []
  await readBlobs({ repository: await openRepository(path), ids, maxBytes }, (index, bytes) => {
    read[index] = bytes?.toString('latin1') ?? null
  })
  return read
}

describe('blobs', () => {
  it('come in the order asked, each as often as asked', async () => {
    const path = gitRepository([{ files: { a: 'one\ntwo', b: '', c: '\0\xff\n' } }])
    const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((name) => git(path, 'rev-parse', `HEAD:${name}`))
    assert.deepEqual(await contents(path, [c, a, b, a]), ['\0\xc3\xbf\n', 'one\ntwo', '', 'one\ntwo'])
  })

  it('are null where the repository lacks them', async () => {
    const path = gitRepository([{ files: { a: 'one' } }])
    const a = git(path, 'rev-parse', 'HEAD:a')
    assert.deepEqual(await contents(path, ['f'.repeat(40), a]), [null, 'one'])
  })

  it('are empty beyond the largest size, and the next one is whole', async () => {
    const path = gitRepository([{ files: { a: 'x'.repeat(300_000), b: 'next' } }])
    const ids = ['a', 'b', 'a', 'b'].map((name) => git(path, 'rev-parse', `HEAD:${name}`))
    assert.deepEqual(await contents(path, ids, 1000), ['', 'next', '', 'next'])
  })

  it('are none when none are asked for', async () => {
    assert.deepEqual(await contents(gitRepository([{ files: {} }]), []), [])
  })
})

describe('the stream of blobs', () => {
  const read = (stream: string, count: number) => {
    const reader = new BatchReader(count, 100, () => {})
    reader.push(Buffer.from(stream))
    reader.end()
  }

  it('that ends too early is a failure of git', () => {
    assert.throws(() => read('aa blob 3\nab', 1), failsWith('git-failed', /0 of 1/))
    assert.throws(() => read('aa blob 3\nabc\naa bl', 1), failsWith('git-failed', /1 of 1/))
    assert.throws(() => read('aa blob 3000\nab', 1), failsWith('git-failed', /1 of 1/))
    assert.throws(() => read('aa blob 3\nabc\n', 2), failsWith('git-failed', /1 of 2/))
  })

  it('that answers something else is a failure of git', () => {
    assert.throws(() => read('aa ambiguous\n', 1), failsWith('git-failed', /"aa ambiguous"/))
  })
})
