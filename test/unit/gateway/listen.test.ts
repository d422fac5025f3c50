import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../src/errors.ts'
import { listenOn } from '../../../src/gateway/listen.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const listen = (socket: string) => listenOn({ socket }, (_, response) => response.end())

describe('a socket of the gateway', () => {
  it('is of its owner alone, and goes with its server', async () => {
    const folder = temporaryFolder()
    const { address, close } = await listen(join(folder, 'a.sock'))
    assert.equal(address, join(folder, 'a.sock'))
    assert.equal(statSync(address).mode & 0o777, 0o600)
    await close()
    assert.deepEqual(readdirSync(folder), [])
  })

  it('takes no rights from what is made meanwhile', async () => {
    const folder = temporaryFolder()
    const made: string[] = []
    for (let round = 0; round < 60; round++) {
      const names = Array.from({ length: 20 }, (_, i) => join(folder, `d-${round}-${i}`))
      made.push(...names)
      const making = names.map((name) => mkdir(name))
      const opened = await listen(join(folder, 'a.sock'))
      await Promise.all([...making, opened.close()])
    }
    assert.deepEqual(new Set(made.map((name) => statSync(name).mode & 0o100)), new Set([0o100]))
  })

  it('is neither taken from a server that lives, nor put in the place of a file, nor too long', async () => {
    const folder = temporaryFolder()
    const first = await listen(join(folder, 'a.sock'))
    writeFileSync(join(folder, 'file'), 'x')
    const refused = (path: string, code: string) =>
      assert.rejects(
        listen(path),
        (error) => error instanceof KnownError && error.message.includes(`(${code})`),
      )
    await refused(join(folder, 'a.sock'), 'EADDRINUSE')
    await refused(join(folder, 'file'), 'EADDRINUSE')
    await refused(join(folder, 'x'.repeat(108)), 'ENAMETOOLONG')
    await first.close()
    assert.deepEqual(readdirSync(folder), ['file'])
  })
})
