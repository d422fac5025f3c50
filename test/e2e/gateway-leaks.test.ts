import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { MixedCalls } from '../fixtures/gateway/mixed-calls.ts'

const CALLS = 10_000
const program = fileURLToPath(new URL('../fixtures/gateway/mixed-calls.ts', import.meta.url))

describe('a gateway that has served 10,000 calls of every kind', () => {
  it('holds what it held before', { timeout: 300_000 }, async (t) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, String(CALLS)])
    const { before, between, after, warnings, endings, left } = JSON.parse(stdout) as MixedCalls
    t.diagnostic(JSON.stringify({ before, between, after, endings }))
    for (const ending of ['ok', 'refused', 'client-gone', 'upstream-lost']) {
      assert.ok((endings[ending] ?? 0) > CALLS / 100, `${ending}: ${endings[ending]}`)
    }
    assert.equal(left, 0)
    assert.deepEqual(warnings, [])
    // What is compiled is dropped and made again: a start that holds more of it must not hide what grows with every call.
    for (const { heapBytes } of [before, between]) {
      assert.ok(after.heapBytes - heapBytes < 1e6, `${after.heapBytes - heapBytes} more bytes`)
    }
    // Connections that are kept open for the next call are as many as calls at once, at most, on either side.
    const kept = (held: typeof after): number => Object.values(held.resources).reduce((sum, n) => sum + n, 0)
    assert.ok(kept(after) <= kept(before) + 10, JSON.stringify([before.resources, after.resources]))
  })
})
