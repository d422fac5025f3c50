import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { environment, readdressed, unasked } from '../../../../src/sandbox/kubernetes/environment.ts'
import { jobRun } from '../../../fixtures/job-run.ts'

const GATEWAY = 'http://10.0.0.7:41234'

describe('the address of the gateway', () => {
  it('is another one in a cluster, wherever it is named', () => {
    const named = 'a http://127.0.0.1:4000/v1, http://localhost:4000'
    assert.equal(readdressed(named, GATEWAY), `a ${GATEWAY}/v1, ${GATEWAY}`)
    assert.equal(readdressed(named, null), named)
  })

  it('is not that of others that look like it', () => {
    for (const other of [
      'http://127.0.0.1:40001',
      'http://127.0.0.10:4000',
      'https://127.0.0.1:4000',
      '127.0.0.1:4000',
    ])
      assert.equal(readdressed(other, GATEWAY), other)
  })
})

describe('the environment of a run', () => {
  it('is what was given, before what every run has', () => {
    const { spec } = jobRun({}, { env: { HOME: '/own', URL: 'http://127.0.0.1:4000/v1' } })
    assert.deepEqual(environment(spec, GATEWAY), {
      ...{ HOME: '/own', LANG: 'C.UTF-8', TMPDIR: '/tmp', FORETOKEN_GATEWAY: GATEWAY, URL: `${GATEWAY}/v1` },
    })
  })

  it('has nothing of the cluster, but for what was given by such a name', () => {
    const given = jobRun({}, { env: { KUBERNETES_PORT: '1' } }).spec
    assert.ok(unasked(jobRun().spec).includes('KUBERNETES_PORT'))
    assert.ok(
      !unasked(given).includes('KUBERNETES_PORT') && unasked(given).includes('KUBERNETES_SERVICE_HOST'),
    )
  })
})
