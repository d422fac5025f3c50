import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  annotationsOf,
  markOf,
  nameOf,
  ofPlace,
  thisMark,
} from '../../../../src/sandbox/kubernetes/labels.ts'

describe('the mark of a run', () => {
  it('says whose it is, and whether that lives', async () => {
    const mark = await thisMark()
    const found = await markOf(annotationsOf('run 1', mark))
    assert.deepEqual(found, { id: 'run 1', owner: mark.owner, alive: true })
    const dead = { ...mark, owner: { ...mark.owner, startTicks: mark.owner.startTicks + 1 } }
    assert.equal((await markOf(annotationsOf('run 1', dead)))?.alive, false)
    // In another container of this machine nobody can tell.
    const elsewhere = { ...dead, owner: { ...dead.owner, pidNamespace: 'pid:[1]' } }
    assert.equal((await markOf(annotationsOf('run 1', elsewhere)))?.alive, true)
  })

  it('is of this machine since it was started', async () => {
    const [first, second] = [await thisMark(), await thisMark()]
    assert.deepEqual(first, second)
    assert.match(first.place, /^[0-9a-f]{16}$/)
    assert.ok(Object.values(ofPlace(first)).includes(first.place))
  })

  it('is not on what others have made', async () => {
    assert.equal(await markOf(undefined), null)
    assert.equal(await markOf({ 'foretoken-id': 'x' }), null)
  })

  it('has a name that can still be read', () => {
    assert.match(nameOf('Fix parser/opus ×2'), /^foretoken-fix-parser-opus-2-[0-9a-f]{16}$/)
    assert.match(nameOf('…'), /^foretoken-[0-9a-f]{16}$/)
  })
})
