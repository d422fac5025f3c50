import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { keepOutput } from '../../../src/sandbox/local/keep-output.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const chunks = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)))

describe('an output', () => {
  it('is kept until its file is full, counted to its end, and begun as text', async () => {
    const path = join(temporaryFolder(), 'out')
    const kept = await keepOutput(chunks('abc', 'def', 'ghi'), { path, maxBytes: 5 })
    assert.deepEqual(kept, { bytes: 9, head: 'abcdefghi', trouble: null })
    assert.equal(readFileSync(path, 'utf8'), 'abcde')
  })

  it('is read to its end where it cannot be kept, and says why', async () => {
    const path = join(temporaryFolder(), 'nosuch', 'out')
    const kept = await keepOutput(chunks('abc', 'def'), { path, maxBytes: 5 })
    assert.equal(kept.bytes, 6)
    assert.match(kept.trouble ?? '', /out could not be written: ENOENT/)
  })
})
