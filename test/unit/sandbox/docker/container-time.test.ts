import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { limitTime } from '../../../../src/sandbox/docker/container-time.ts'

const running = new AbortController().signal
const soon = () => new Promise(setImmediate)

describe('the time of a container', () => {
  it('is up after a request and a grace', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const request = mock.fn(async () => true)
    let forced = false
    const limit = limitTime({ timeoutMs: 100, graceMs: 50, request }, running)
    limit.ended.then(() => {
      forced = true
    })
    t.mock.timers.tick(99)
    assert.equal(request.mock.callCount(), 0)
    t.mock.timers.tick(1)
    await soon()
    assert.deepEqual([request.mock.callCount(), limit.timedOut(), forced], [1, true, false])
    t.mock.timers.tick(50)
    await soon()
    assert.deepEqual([forced, limit.stopped()], [true, false])
  })

  it('was enough for a command that has ended just before', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const limit = limitTime({ timeoutMs: 100, graceMs: 0, request: async () => false }, running)
    t.mock.timers.tick(100)
    await soon()
    t.mock.timers.tick(1000)
    assert.equal(limit.timedOut(), false)
    limit.end()
  })

  it('is over at once where the run is stopped, also before it began', async () => {
    const stop = new AbortController()
    for (const act of [() => stop.abort(), () => {}]) {
      const limit = limitTime({ timeoutMs: 1e6, graceMs: 1e6, request: async () => true }, stop.signal)
      act()
      assert.equal(await limit.ended, 'force')
      assert.deepEqual([limit.stopped(), limit.timedOut()], [true, false])
      limit.end()
    }
  })

  it('tells where the request could not be made', async () => {
    const request = async () => {
      throw new Error('gone')
    }
    const limit = limitTime({ timeoutMs: 1, graceMs: 1, request }, running)
    await assert.rejects(limit.ended, /gone/)
    limit.end()
  })
})
