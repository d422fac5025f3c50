import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BatchReader } from '../../src/task/batch-reader.ts'

const object = fc.option(fc.uint8Array({ maxLength: 60 }), { nil: null, freq: 4 })

/** What git-cat-file(1) `--batch` prints. */
const printed = (objects: readonly (Uint8Array | null)[]): Buffer =>
  Buffer.concat(
    objects.flatMap((content) =>
      content === null
        ? [Buffer.from('ab12 missing\n')]
        : [Buffer.from(`ab12 blob ${content.length}\n`), content, Buffer.from('\n')],
    ),
  )

describe('the stream of blobs', () => {
  it('gives the same blobs wherever it is cut, and none that are too large', () =>
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 8 }),
        fc.array(fc.nat(40), { maxLength: 30 }),
        fc.nat(60),
        (objects, sizes, maxBytes) => {
          const stream = printed(objects)
          const seen: (Buffer | null)[] = []
          const reader = new BatchReader(objects.length, maxBytes, (index, bytes) => {
            assert.equal(index, seen.length)
            seen.push(bytes && Buffer.from(bytes))
          })
          let at = 0
          for (const size of sizes) {
            reader.push(stream.subarray(at, at + size))
            at += size
          }
          reader.push(stream.subarray(at))
          reader.end()
          const small = objects.map((content) =>
            content === null ? null : Buffer.from(content.length > maxBytes ? [] : content),
          )
          assert.deepEqual(seen, small)
        },
      ),
    ))
})
