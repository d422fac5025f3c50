import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isAlive, thisOwner } from '../../../src/sandbox/local/owner.ts'
import { claimSlot, readDrafts, readSlots, releaseSlot } from '../../../src/sandbox/local/slot.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const owner = { pid: 12, startTicks: 34, pidNamespace: 'pid:[1]' }
const record = { id: 'run-1', owner, workspace: '/srv/1', uid: 0, gid: 0 }

describe('a user for a run', () => {
  it('is given to one run at a time, and tells whose it is', async () => {
    const state = join(temporaryFolder(), 'state')
    const slots = await Promise.all(Array.from({ length: 20 }, () => claimSlot(state, record)))
    assert.equal(new Set(slots.map(({ uid }) => uid)).size, 20)
    assert.ok(slots.every(({ uid }) => uid >= 1_900_000_000))
    const read = await readSlots(state)
    assert.deepEqual(
      read.map(({ record }) => record),
      slots.map(() => record),
    )
    await Promise.all(slots.map(releaseSlot))
    assert.deepEqual(readdirSync(state), [])
  })

  it('can be seen by that user, but not who else there is', async () => {
    const state = join(temporaryFolder(), 'state')
    const { folder } = await claimSlot(state, record)
    assert.equal(statSync(folder).mode & 0o777, 0o711)
    assert.equal(statSync(join(folder, 'record.json')).mode & 0o777, 0o600)
  })

  it('can be given back by who takes over from one that was killed in the midst of it', async () => {
    const state = join(temporaryFolder(), 'state')
    const slot = await claimSlot(state, record)
    rmdirSync(join(slot.folder, 'workspace'))
    await releaseSlot(slot)
    assert.deepEqual(readdirSync(state), [])
  })

  it('is not given back while something is in the place of its workspace', async () => {
    const state = join(temporaryFolder(), 'state')
    const slot = await claimSlot(state, record)
    mkdirSync(join(slot.folder, 'workspace', 'kept'))
    await assert.rejects(releaseSlot(slot), { code: 'ENOTEMPTY' })
    assert.ok(existsSync(join(slot.folder, 'workspace', 'kept')))
  })

  it('that was only begun is told apart', async () => {
    const state = temporaryFolder()
    mkdirSync(join(state, 'draft-12-34-abc'))
    mkdirSync(join(state, 'something else'))
    assert.deepEqual(await readDrafts(state), [
      { pid: 12, startTicks: 34, folder: join(state, 'draft-12-34-abc') },
    ])
    assert.deepEqual(await readSlots(state), [])
    assert.deepEqual(await readSlots(join(state, 'nosuch')), [])
    assert.ok(existsSync(join(state, 'something else')))
  })
})

describe('an owner', { skip: process.platform === 'linux' ? false : 'there is no /proc here' }, () => {
  it('is alive while its process runs, and not when another has its number', async () => {
    const self = await thisOwner()
    assert.equal(await isAlive(self), true)
    assert.equal(await isAlive({ ...self, startTicks: self.startTicks + 1 }), false)
    assert.equal(await isAlive({ ...self, pid: 2 ** 30 }), false)
  })

  it('of another namespace is taken to be alive', async () => {
    assert.equal(await isAlive({ ...(await thisOwner()), pid: 2 ** 30, pidNamespace: 'pid:[1]' }), true)
  })
})
