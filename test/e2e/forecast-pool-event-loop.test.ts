import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { it } from 'node:test'
import { openWorkbench } from '../../src/forecast/read-workbench.ts'
import { gitRepository } from '../fixtures/git-repository.ts'
import { AT_MS, askedTask, NEVER, openPool, workbenchSettings } from '../fixtures/server/forecast-pool.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const FILES = 2500
const FUNCTIONS = 60

/** Milliseconds in which the event loop was at work, not waiting, while something was done. */
async function busyMs(work: () => Promise<unknown>): Promise<number> {
  const before = performance.eventLoopUtilization()
  await work()
  return performance.eventLoopUtilization(before).active
}

it('leaves the event loop to others while a repository of 2,500 files is read for the first time', async () => {
  const functions = (file: number) =>
    Array.from({ length: FUNCTIONS }, (_, k) => `def f_${file}_${k}(a):\n    return count(a, ${k})\n`)
  const files = Array.from(
    { length: FILES },
    (_, i) => [`p${i % 50}/m${i}.py`, functions(i).join('')] as const,
  )
  const repository = gitRepository([{ files: Object.fromEntries(files) }])
  const { pool, settings } = await openPool()
  const inPool = await busyMs(() => pool.forecast(askedTask(repository), NEVER))
  const folder = temporaryFolder()
  const app = { cwd: folder, now: () => AT_MS, note: assert.fail, signal: NEVER }
  const workbench = await openWorkbench(app, workbenchSettings(folder, settings.models.value))
  const here = await busyMs(() => workbench.forecast(askedTask(repository)))
  workbench.close()
  assert.ok(inPool < here / 4, `${inPool} ms at work beside the pool, ${here} ms without it`)
})
