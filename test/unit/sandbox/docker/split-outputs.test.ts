import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { splitOutputs } from '../../../../src/sandbox/docker/split-outputs.ts'

/** As the engine frames what a command writes. */
function frame(output: 1 | 2, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header[0] = output
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}

function cutAt(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let rest = whole
  for (const size of sizes) {
    pieces.push(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  return [...pieces, rest].filter(({ length }) => length > 0)
}

describe('the outputs of a command in one stream', () => {
  it('come apart as they were written, wherever the stream is cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.uint8Array({ maxLength: 40 }))),
        fc.array(fc.integer({ min: 1, max: 30 })),
        async (written, sizes) => {
          const whole = Buffer.concat(written.map(([output, bytes]) => frame(output, bytes)))
          const { stdout, stderr, ended } = splitOutputs(Readable.from(cutAt(whole, sizes)))
          const all = (which: 1 | 2) =>
            Buffer.concat(written.filter(([output]) => output === which).map(([, bytes]) => bytes))
          const [out, err] = await Promise.all([buffer(stdout), buffer(stderr), ended])
          assert.deepEqual([out, err], [all(1), all(2)])
        },
      ),
    ))

  it('are not read faster than they are kept', async () => {
    let sent = 0
    const source = Readable.from(
      (function* () {
        for (; sent < 1000; sent++) yield frame(1, Buffer.alloc(10_000))
      })(),
    )
    const { stdout, stderr } = splitOutputs(source)
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    assert.ok(sent < 100, `${sent} frames were taken in`)
    const [out] = await Promise.all([buffer(stdout), text(stderr)])
    assert.equal(out.length, 10_000_000)
  })

  it('end where the engine breaks off', async () => {
    const broken = Readable.from(
      (async function* () {
        yield frame(1, Buffer.from('so far'))
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      })(),
    )
    const { stdout, stderr, ended } = splitOutputs(broken)
    assert.deepEqual(await Promise.all([text(stdout), text(stderr), ended]), ['so far', '', undefined])
  })
})
