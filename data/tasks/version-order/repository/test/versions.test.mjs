import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { latest } from '../src/latest.mjs'
import { parseVersion } from '../src/parse-version.mjs'
import { sortVersions } from '../src/sort-versions.mjs'

describe('versions', () => {
  it('are parsed', () => {
    assert.deepEqual(parseVersion('v1.2.3-rc.1+7'), {
      major: 1,
      minor: 2,
      patch: 3,
      preRelease: 'rc.1',
      build: '7',
    })
    assert.throws(() => parseVersion('1.2'), TypeError)
  })

  it('are ordered by number, not by digit', () => {
    assert.deepEqual(sortVersions(['1.10.0', '1.9.0', '0.99.0']), ['0.99.0', '1.9.0', '1.10.0'])
  })

  it('come after their pre-releases', () => {
    assert.deepEqual(sortVersions(['1.0.0', '1.0.0-rc.1', '1.0.0-beta']), ['1.0.0-beta', '1.0.0-rc.1', '1.0.0'])
  })

  it('tell the latest, with and without pre-releases', () => {
    assert.equal(latest(['1.0.0', '1.1.0-rc.1']), '1.1.0-rc.1')
    assert.equal(latest(['1.0.0', '1.1.0-rc.1'], { preReleases: false }), '1.0.0')
    assert.equal(latest([]), null)
  })
})
