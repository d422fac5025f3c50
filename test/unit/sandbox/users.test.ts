import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { USER_FILES, writeUsers } from '../../../src/sandbox/local/users.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

describe('the users that a sandbox is told of', () => {
  it('are in files that all can read, whatever the mask of the runner', () => {
    const folder = join(temporaryFolder(), 'users')
    const mask = process.umask(0o077)
    try {
      writeUsers(folder)
    } finally {
      process.umask(mask)
    }
    assert.equal(statSync(folder).mode & 0o777, 0o755)
    for (const name of USER_FILES) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o644)
    assert.match(readFileSync(join(folder, 'passwd'), 'utf8'), /^agent:x:1000:1000:/)
  })

  it('are left as they are where they are right, and made anew where they are not', () => {
    const folder = join(temporaryFolder(), 'users')
    writeUsers(folder)
    const before = statSync(join(folder, 'group')).ino
    writeFileSync(join(folder, 'passwd'), 'agent:x:0:0::/:/bin/sh\n')
    writeUsers(folder)
    assert.match(readFileSync(join(folder, 'passwd'), 'utf8'), /^agent:x:1000:/)
    assert.equal(statSync(join(folder, 'group')).ino, before)
    assert.deepEqual(readdirSync(folder).sort(), [...USER_FILES].sort())
  })
})
