import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { formatBundle } from '../../src/forecast/bundle.ts'
import { forecasterOf } from '../../src/forecast/forecaster.ts'
import { readBundle } from '../../src/forecast/read-bundle.ts'
import { readInForce } from '../../src/forecast/read-in-force.ts'
import { estimateTask } from '../../src/forecast/task-estimate.ts'
import { NOTHING_ASKED } from '../../src/index.ts'
import { writeBundle } from '../../src/learn/write-bundle.ts'
import { readPriceBook } from '../../src/pricing/read-price-book.ts'
import { seededRandom } from '../../src/regress/random.ts'
import { makeIssue } from '../../src/task/issue.ts'
import { syntheticBundle } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

/** 30 in all, half of them while bundles are written and put in force. */
const TIMES = Number(process.env.FORETOKEN_TEST_KILLS ?? 30)
const CHILD = join(import.meta.dirname, '../fixtures/learning-child.ts')
/** So long writing and putting in force goes on before it is ended: some dozen bundles. */
const PROMOTING_MS = 400
const book = await readPriceBook({ file: null, cwd: '.' })
const issue = makeIssue({ title: 'Rows are lost', body: 'See src/table.py', source: { kind: 'text' } })

/** A folder with one bundle, in force by its name. */
async function modelsWith(id: string): Promise<string> {
  const folder = join(temporaryFolder(), 'models')
  const bundle = { ...(await syntheticBundle()), id }
  await writeBundle(folder, id, { model: formatBundle(bundle), card: `# ${id}\n` })
  return folder
}

async function begun(what: 'train' | 'promote', folder: string, seed: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CHILD, what, folder, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

/** Kills it so long after it began, unless it has ended before. */
async function killed(child: ChildProcess, afterMs: number): Promise<boolean> {
  const closed = once(child, 'close')
  await Promise.race([delay(afterMs), closed])
  child.kill('SIGKILL')
  const [, signal] = await closed
  return signal === 'SIGKILL'
}

/** The bundle in force, once it was read whole and has forecast a task. */
async function forecasts(folder: string): Promise<string> {
  const bundle = await readBundle(folder, null)
  const asked = { ...NOTHING_ASKED, issue, models: ['gpt-5'], atMs: Date.parse('2026-11-20') }
  const [estimate] = estimateTask(forecasterOf(bundle), book, asked)
  assert.ok(estimate !== undefined && estimate.totalTokens.p50 > 0)
  assert.equal(estimate.basis.bundle, bundle.id)
  return bundle.id
}

/** Every folder that is a bundle is whole. */
async function allAreWhole(folder: string): Promise<void> {
  for (const id of readdirSync(folder, { withFileTypes: true }))
    if (id.isDirectory() && !id.name.startsWith('.')) {
      assert.equal((await readBundle(folder, id.name)).id, id.name)
      assert.ok(existsSync(join(folder, id.name, 'card.md')))
    }
}

describe('a training that is killed', () => {
  it(`at ${Math.ceil(TIMES / 2)} moments from its beginning to its end leaves the old or the new bundle in force`, async (t) => {
    const folder = await modelsWith('first-1')
    const whole = await begun('train', folder, 1)
    const began = performance.now()
    const [exit] = await once(whole, 'close')
    const wholeMs = performance.now() - began
    assert.equal(exit, 0)
    assert.equal(await forecasts(folder), 'trained-1')
    const random = seededRandom(11)
    const times = Math.ceil(TIMES / 2)
    let [broken, before] = [0, 'trained-1']
    for (let time = 0; time < times; time++) {
      const seed = time + 2
      const child = await begun('train', folder, seed)
      // Each in its own part of the duration: together they cover all of it.
      if (await killed(child, ((time + random.uniform()) / times) * wholeMs)) broken++
      const now = await forecasts(folder)
      assert.ok([before, `trained-${seed}`].includes(now), `${now} came in place of ${before}`)
      await allAreWhole(folder)
      before = now
    }
    t.diagnostic(`${broken} of ${times} were killed before their end`)
    assert.ok(broken >= times / 2, `only ${broken} of ${times} were killed before their end`)
  })
})

describe('promotions that are killed', () => {
  it(`at ${Math.floor(TIMES / 2)} moments, while bundles are written, put in force and taken back, leave one whole`, async (t) => {
    const folder = await modelsWith('first-1')
    const random = seededRandom(12)
    let [changes, unfinished, time] = [0, 0, 0]
    // On until one has hit the moment of writing, which is short.
    for (; time < Math.floor(TIMES / 2) || (unfinished === 0 && time < 4 * TIMES); time++) {
      const child = await begun('promote', folder, time % 3)
      const length = (await readInForce(folder))?.history.length ?? 0
      await promoted(folder, length)
      // Every second one at any moment, the others as a file begins to be written.
      const isAny = time % 2 === 0
      if (!isAny) await begins(folder, /\.part$/)
      assert.ok(await killed(child, isAny ? random.uniform() * PROMOTING_MS : 0))
      await forecasts(folder)
      await allAreWhole(folder)
      const inForce = await readInForce(folder)
      assert.ok(inForce !== null)
      // No change is lost: each names the one before it.
      for (const [index, { previous }] of inForce.history.entries())
        if (index > 0) assert.equal(previous, inForce.history[index - 1]?.bundle)
      changes = inForce.history.length
      if (readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.part')))
        unfinished++
    }
    t.diagnostic(`${unfinished} of ${time} were killed while a file was being written`)
    assert.ok(changes > TIMES)
    assert.ok(unfinished > 0, 'none was killed while a file was being written')
    // What they left goes with the next that is written.
    const bundle = { ...(await syntheticBundle()), id: 'last-1' }
    await writeBundle(folder, 'last-1', { model: formatBundle(bundle), card: '' })
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    )
  })
})

/** Waits until a file of such a name appears. */
async function begins(folder: string, name: RegExp): Promise<void> {
  for await (const { filename } of watch(folder, { signal: AbortSignal.timeout(30_000) }))
    if (name.test(filename ?? '')) return
}

/** Waits until something was put in force: only then is there something to be torn. */
async function promoted(folder: string, length: number): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 10) {
    const inForce = await readInForce(folder)
    if ((inForce?.history.length ?? 0) > length || inForce?.history.length === 200) return
    await delay(10)
  }
  assert.fail('nothing was put in force')
}
