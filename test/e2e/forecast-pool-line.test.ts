import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { after, beforeEach, describe, it } from 'node:test'
import { formatBundle } from '../../src/forecast/bundle.ts'
import { ForecastWorker } from '../../src/server/pool/forecast-worker.ts'
import { commandLine } from '../fixtures/command-line.ts'
import { gitRepository } from '../fixtures/git-repository.ts'
import { askedTask, NEVER, openPool, workbenchSettings } from '../fixtures/server/forecast-pool.ts'
import { gatedGit } from '../fixtures/server/gated-git.ts'
import { BUNDLE_ID, syntheticBundle, syntheticModels, writeBundle } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const repository = gitRepository([{ files: { 'a.py': 'def count(items):\n    return 1\n' } }])
const gate = gatedGit()
after(() => gate.remove())
beforeEach(() => gate.open())

/** So many git commands are begun at once when a repository is opened: all must be at the gate to be stubborn. */
const AT_ONCE = 2

/** A pool of one thread that is held up by a task until the gate is open. */
async function busyPool(mostWaiting = 10) {
  const opened = await openPool({ mostWaiting })
  gate.shut()
  const [before, leaving] = [gate.came().length, new AbortController()]
  const held = opened.pool.forecast(askedTask(repository), leaving.signal)
  held.catch(() => {}) // looked at by the test, or not
  await until(() => gate.came().length > before)
  return { ...opened, held, leaving, children: () => gate.came().slice(before) }
}

describe('the line of a pool', () => {
  it('is bounded: who comes too late is told that the service is busy', async () => {
    const { pool, held } = await busyPool(1)
    const second = pool.forecast(askedTask(), NEVER)
    await assert.rejects(pool.forecast(askedTask(), NEVER), { code: 'service-busy', status: 503 })
    assert.deepEqual([pool.running(), pool.waiting()], [1, 1])
    gate.open()
    assert.deepEqual(
      (await Promise.all([held, second])).map(({ commit }) => commit === null),
      [false, true],
    )
  })

  it('lets go of who does not wait any more', async () => {
    const { pool, held } = await busyPool(1)
    const leaving = new AbortController()
    const second = pool.forecast(askedTask(), leaving.signal)
    leaving.abort(new Error('gone'))
    await assert.rejects(second, /gone/)
    assert.equal(pool.waiting(), 0)
    const third = pool.forecast(askedTask(), NEVER)
    gate.open()
    await Promise.all([held, third])
  })

  it('takes in nobody who has left before', async () => {
    const { pool } = await openPool()
    await assert.rejects(pool.forecast(askedTask(), AbortSignal.abort(new Error('gone'))), /gone/)
    assert.deepEqual([pool.running(), pool.waiting()], [0, 0])
  })

  it('ends git when nobody waits for the forecast any more, and its thread goes on', async () => {
    const { pool, held, leaving, children, troubles } = await busyPool()
    leaving.abort(new Error('gone'))
    await assert.rejects(held, /gone/)
    await until(() => children().every((pid) => commandLine(pid) === ''))
    assert.equal((await pool.forecast(askedTask(), NEVER)).forecasts.length, 1)
    assert.deepEqual(troubles, [])
  })

  it('works at a lower priority than the event loop, and git with it', {
    skip: process.platform !== 'linux',
  }, async () => {
    const own = getPriority()
    const { held, children } = await busyPool()
    const [pid] = children()
    // The fields of proc(5) after the name, which is in parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    assert.equal(Number(fields[16]), Math.max(own, 10))
    assert.equal(getPriority(), own)
    gate.open()
    await held
  })

  it('fails what waits and what is being made when the pool is closed', async () => {
    const { pool, held, children } = await busyPool()
    const second = pool.forecast(askedTask(), NEVER)
    const ends = [held, second].map((one) => assert.rejects(one, { code: 'service-busy' }))
    await pool.close()
    await Promise.all(ends)
    assert.ok(children().every((pid) => !existsSync(`/proc/${pid}`) || commandLine(pid) === ''))
  })
})

describe('a reload', () => {
  it('finishes with the old bundle what is being made, while the new one already forecasts', async () => {
    const { pool, held, settings } = await busyPool()
    const bundle = await syntheticBundle()
    writeBundle(settings.models.value, 'synthetic-2', formatBundle({ ...bundle, id: 'synthetic-2' }))
    await pool.reload()
    const bundleOf = async (answer: ReturnType<typeof pool.forecast>) =>
      (await answer).forecasts[0]?.estimate.basis.bundle
    assert.equal(await bundleOf(pool.forecast(askedTask(), NEVER)), 'synthetic-2')
    gate.open()
    assert.equal(await bundleOf(held), BUNDLE_ID)
  })

  it('leaves all as it was when the new bundle cannot be used', async () => {
    const { pool, settings } = await openPool()
    writeBundle(settings.models.value, 'synthetic-3', '{}')
    await assert.rejects(pool.reload(), { code: 'bundle-corrupt' })
    const { forecasts } = await pool.forecast(askedTask(), NEVER)
    assert.equal(forecasts[0]?.estimate.basis.bundle, BUNDLE_ID)
  })
})

describe('a thread', () => {
  it('that cannot be stopped is ended and replaced', async () => {
    const stubborn = gatedGit({ stubborn: true })
    try {
      const { pool, troubles } = await openPool({ dropMs: 50 })
      stubborn.shut()
      const leaving = new AbortController()
      const held = pool.forecast(askedTask(repository), leaving.signal)
      await until(() => stubborn.came().length === AT_ONCE)
      leaving.abort(new Error('gone'))
      await assert.rejects(held, /gone/)
      const next = pool.forecast(askedTask(), NEVER)
      assert.equal((await next).forecasts.length, 1)
      assert.match(troubles.join(), /ended with 1; another takes its place/)
    } finally {
      stubborn.open()
      stubborn.remove()
    }
  })

  it('that ends fails its task clearly', async () => {
    const stubborn = gatedGit({ stubborn: true })
    try {
      const folder = temporaryFolder()
      const start = { cwd: folder, settings: workbenchSettings(folder, await syntheticModels()) }
      const worker = await ForecastWorker.start(start, { onNote: assert.fail, dropMs: 50 })
      stubborn.shut()
      const answer = worker.run(askedTask(repository), 0)
      assert.equal(worker.isIdle, false)
      await until(() => stubborn.came().length === AT_ONCE)
      worker.drop()
      await assert.rejects(answer, /^Error: a thread that makes forecasts ended with 1$/)
    } finally {
      stubborn.open()
      stubborn.remove()
    }
  })

  it('that cannot be replaced is told of, and what waits fails with the reason until one can be', async () => {
    const stubborn = gatedGit({ stubborn: true })
    try {
      const { pool, settings, troubles } = await openPool({ dropMs: 50 })
      stubborn.shut()
      const leaving = new AbortController()
      const held = pool.forecast(askedTask(repository), leaving.signal)
      const second = pool.forecast(askedTask(), NEVER)
      await until(() => stubborn.came().length === AT_ONCE)
      const text = readFileSync(`${settings.models.value}/${BUNDLE_ID}/model.json`)
      writeBundle(settings.models.value, BUNDLE_ID, '{}')
      leaving.abort(new Error('gone'))
      await assert.rejects(held, /gone/)
      await assert.rejects(second, { code: 'bundle-corrupt' })
      assert.match(troubles.join(), /no thread for forecasts can be started/)
      writeBundle(settings.models.value, BUNDLE_ID, text)
      assert.equal((await pool.forecast(askedTask(), NEVER)).forecasts.length, 1)
    } finally {
      stubborn.open()
      stubborn.remove()
    }
  })
})
