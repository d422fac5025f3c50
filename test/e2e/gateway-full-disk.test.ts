import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readJournal } from '../../src/gateway/records/journal.ts'
import { openRecorder } from '../../src/gateway/records/recorder.ts'
import { openStore } from '../../src/store/open-store.ts'
import { endedExchange, exchanged, opened } from '../fixtures/gateway/entries.ts'
import { AT_MS } from '../fixtures/runs.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const cwd = temporaryFolder()
const disk = join(cwd, 'disk')
mkdirSync(disk)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0
const skip = mounted ? false : 'a small disk cannot be mounted here: not root, or not allowed'

describe('a gateway whose journal is on a disk that is full', { skip }, () => {
  after(() => spawnSync('umount', [disk]))

  it('goes on, tears no line, and has everything in the store', async () => {
    const told: string[] = []
    const journals = join(disk, 'gateway')
    const recorder = await openRecorder({
      database: join(cwd, 'store.db'),
      journals,
      prices: { file: null, cwd },
      nowMs: AT_MS,
      onTrouble: (message) => told.push(message),
    })
    writeFileSync(join(disk, 'filler'), Buffer.alloc(40_000))
    recorder.record(opened('a'))
    const exchange = (i: number) => exchanged(endedExchange('a', `${i}`))
    for (let i = 0; i < 100; i++) for (const entry of exchange(i)) recorder.record(entry)
    assert.equal(told.length, 1)
    const [name = ''] = readdirSync(journals)
    const before = readJournal(join(journals, name)).length
    assert.ok(before > 10 && before < 200, `${before} lines`)
    rmSync(join(disk, 'filler'))
    for (const entry of exchange(100)) recorder.record(entry)
    assert.equal(readJournal(join(journals, name)).length, before + 2)
    assert.equal(told.length, 2)
    await recorder.close()
    const store = openStore(join(cwd, 'store.db'), { create: false })
    assert.equal(store.database.prepare('SELECT count(*) FROM calls').pluck().get(), 101)
    store.close()
  })
})
