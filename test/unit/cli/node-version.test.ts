import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nodeComplaint } from '../../../src/cli/node-version.ts'

describe('the version of Node', () => {
  it('is complained about below 22.14, with what to do', () => {
    for (const version of ['18.0.0', '20.20.2', '22.13.9']) {
      assert.match(nodeComplaint(version) ?? '', new RegExp(`^error: .*this is Node ${version}\n→ install`))
    }
  })

  it('is accepted from 22.14 on', () => {
    for (const version of ['22.14.0', '23.0.0', '24.21.0', '100.0.0-nightly'])
      assert.equal(nodeComplaint(version), null)
  })
})
