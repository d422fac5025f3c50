import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { turns } from '../../../src/server/jobs/turns.ts'

const forever = new AbortController().signal

describe('turns', () => {
  it('are taken one after the other, in the order in which they were asked for', async () => {
    const line = turns({ atOnce: 1, mostWaiting: 10 })
    const order: number[] = []
    const release = await line.take(forever)
    const rest = [1, 2, 3].map(async (i) => {
      const end = await line.take(forever)
      order.push(i)
      end()
    })
    assert.equal(line.waiting(), 3)
    release()
    await Promise.all(rest)
    assert.deepEqual(order, [1, 2, 3])
  })

  it('are refused where too many wait', async () => {
    const line = turns({ atOnce: 1, mostWaiting: 1 })
    const release = await line.take(forever)
    const second = line.take(forever)
    await assert.rejects(line.take(forever), { code: 'queue-full' })
    release()
    ;(await second)()
  })

  it('are given up by who goes away, and by nobody else', async () => {
    const line = turns({ atOnce: 1, mostWaiting: 10 })
    const release = await line.take(forever)
    const gone = new AbortController()
    const leaving = line.take(gone.signal)
    const staying = line.take(forever)
    gone.abort(new Error('gone'))
    await assert.rejects(leaving, /gone/)
    release()
    release()
    const end = await staying
    assert.equal(line.waiting(), 0)
    end()
    ;(await line.take(forever))()
  })
})
