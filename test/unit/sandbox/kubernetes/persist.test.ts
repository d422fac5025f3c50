import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError } from '../../../../src/sandbox/kubernetes/api-error.ts'
import { mayPass, persist } from '../../../../src/sandbox/kubernetes/persist.ts'

const silent = new ApiError('silent', { status: null, passes: true })
const refused = new ApiError('refused', { status: 422, passes: false })
const never = new AbortController().signal

/** Fails with these, one after the other, and then succeeds. */
function failing(...errors: readonly Error[]) {
  let calls = 0
  return {
    calls: () => calls,
    attempt: async () => {
      const error = errors[calls++]
      if (error !== undefined) throw error
      return 'done'
    },
  }
}

describe('what is tried again', () => {
  it('succeeds when what was in the way has passed', async () => {
    const { attempt, calls } = failing(silent)
    assert.equal(await persist(attempt, { forMs: 10_000, passes: mayPass }, never), 'done')
    assert.equal(calls(), 2)
  })

  it('is not tried again where that is of no use, or has taken too long', async () => {
    const hopeless = failing(refused)
    await assert.rejects(persist(hopeless.attempt, { forMs: 10_000, passes: mayPass }, never), refused)
    const late = failing(silent, silent, silent)
    await assert.rejects(persist(late.attempt, { forMs: 0, passes: mayPass }, never), silent)
    assert.deepEqual([hopeless.calls(), late.calls()], [1, 1])
  })

  it('ends with the signal', async () => {
    const { attempt, calls } = failing(silent, silent)
    await assert.rejects(persist(attempt, { forMs: 10_000, passes: mayPass }, AbortSignal.abort()), silent)
    assert.equal(calls(), 1)
    const stop = new AbortController()
    const trying = persist(failing(silent, silent).attempt, { forMs: 10_000, passes: mayPass }, stop.signal)
    setImmediate(() => stop.abort())
    await assert.rejects(trying, silent)
  })
})
