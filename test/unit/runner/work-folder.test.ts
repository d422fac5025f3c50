import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { makeWorkFolder, sweepWorkFolders } from '../../../src/runner/work-folder.ts'
import { thisOwner } from '../../../src/sandbox/local/owner.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

describe('a work folder', () => {
  it('can be passed through by others, and not read', async () => {
    const folder = await makeWorkFolder('20261120-120000-abcdef')
    assert.equal(statSync(folder).mode & 0o777, 0o711)
    assert.ok(join(folder, 'ft-0123456789ab/gateway.sock').length < 108)
    rmSync(folder, { recursive: true })
  })

  it('is taken away when its runner is dead, also where its number is another process by now', async () => {
    const above = temporaryFolder()
    const { pid, startTicks, pidNamespace } = await thisOwner()
    const namespace = pidNamespace.replace(/\D/g, '')
    const own = `foretoken-a.${pid}.${startTicks}.${namespace}`
    const elsewhere = `foretoken-a.${pid}.1.1`
    const dead = [`foretoken-b.${pid}.1.${namespace}`, `foretoken-c.4194305.1.${namespace}`]
    const link = `foretoken-d.4194305.1.${namespace}`
    for (const name of [own, elsewhere, ...dead, 'foretoken-test-x'])
      mkdirSync(join(above, name, 'deep'), { recursive: true })
    const target = join(above, 'kept')
    mkdirSync(target)
    writeFileSync(join(target, 'file'), 'x')
    symlinkSync(target, join(above, link))
    await sweepWorkFolders(above)
    assert.deepEqual(readdirSync(above).sort(), [own, elsewhere, link, 'foretoken-test-x', 'kept'].sort())
    assert.ok(existsSync(join(target, 'file')))
  })
})
