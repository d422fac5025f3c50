import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError, apiErrorOf, asked } from '../../../../src/sandbox/kubernetes/api-error.ts'
import { infraReasonOf } from '../../../../src/sandbox/local/infra-error.ts'

const answer = (code: number, body: unknown) => Object.assign(new Error('HTTP-Code'), { code, body })
const status = { kind: 'Status', reason: 'Invalid', message: 'requests: must be less' }

describe('what the server of a cluster says', () => {
  it('is told in one sentence, however it came', () => {
    for (const body of [status, JSON.stringify(status)])
      assert.equal(
        apiErrorOf('the Job', answer(422, body))?.message,
        'the Job: 422 Invalid: requests: must be less',
      )
    assert.equal(apiErrorOf('the Job', answer(502, 'Bad Gateway\n'))?.message, 'the Job: 502: Bad Gateway')
    assert.equal(apiErrorOf('the Job', answer(401, undefined))?.message, 'the Job: 401: no more was said')
  })

  it('may be another thing in another moment', () => {
    const passes = [422, 403, 404, 429, 500, 503].map((code) => apiErrorOf('it', answer(code, ''))?.passes)
    assert.deepEqual(passes, [false, false, false, true, true, true])
  })

  it('is nothing at all where it cannot be reached', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const refused = apiErrorOf('it', new TypeError('fetch failed', { cause }))
    assert.deepEqual(
      [refused?.message, refused?.status, refused?.passes],
      [...['it: the server does not answer: connect ECONNREFUSED', null, true]],
    )
    const plugin = apiErrorOf('it', new Error('exec: aws: not found'))
    assert.deepEqual([plugin?.status, plugin?.passes], [null, false])
  })

  it('is a fact about the run, and a bug is not', async () => {
    const bug = new TypeError('x is not a function')
    await assert.rejects(
      asked('it', () => Promise.reject(bug)),
      bug,
    )
    await assert.rejects(
      asked('it', () => Promise.reject(answer(422, status))),
      ApiError,
    )
    assert.equal(
      infraReasonOf(apiErrorOf('it', answer(422, status))),
      'it: 422 Invalid: requests: must be less',
    )
    assert.equal(await asked('it', async () => 7), 7)
  })
})
