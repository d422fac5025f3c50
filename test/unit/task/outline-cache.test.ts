import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import type { Family } from '../../../src/task/language.ts'
import { type OutlineCache, openOutlineCache } from '../../../src/task/outline-cache.ts'
import { gitRepository } from '../../fixtures/git-repository.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { outlineOf } from '../../fixtures/outlines.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const outline = outlineOf('a.py', 'import os\ndef a():\n    return os\n')
const COUNT = 2000

const source = (blob: string, family: Family = 'indent') => ({ blob, family })
const get = (cache: OutlineCache, blob: string, family?: Family) => cache.getAll([source(blob, family)])[0]
const pathsOf = (cache: OutlineCache, id: string) => cache.commits.getAll([id]).get(id)

/** Fills a cache and closes it; returns its folder and file. */
function filled() {
  const folder = join(temporaryFolder(), 'deep', 'cache')
  const cache = openOutlineCache(folder)
  cache.putAll(Array.from({ length: COUNT }, (_, i) => [source(`blob${i}`), outline]))
  cache.commits.putAll(new Map([['c1', ['a.py', 'b\n.py']]]))
  cache.close()
  return { folder, file: join(folder, 'outlines.db') }
}

function opened<Answer>(folder: string, ask: (cache: OutlineCache) => Answer): Answer {
  const cache = openOutlineCache(folder)
  try {
    return ask(cache)
  } finally {
    cache.close()
  }
}

/** A rebuilt cache has forgotten everything and works. */
function isRebuilt(folder: string): void {
  opened(folder, (cache) => {
    for (let i = 0; i < COUNT; i++)
      assert.ok([undefined, outline].some((kept) => same(kept, get(cache, `blob${i}`))))
    cache.putAll([[source('new', 'brace'), outline]])
    cache.commits.putAll(new Map([['c2', []]]))
  })
  opened(folder, (cache) => {
    assert.deepEqual(get(cache, 'new', 'brace'), outline)
    assert.deepEqual(pathsOf(cache, 'c2'), [])
  })
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

describe('the cache', () => {
  it('keeps outlines by content and family from one opening to the next', () => {
    opened(filled().folder, (cache) => {
      assert.deepEqual(get(cache, 'blob7'), outline)
      assert.equal(get(cache, 'blob7', 'brace'), undefined)
      assert.equal(get(cache, 'other'), undefined)
    })
  })

  it('keeps the paths of commits, none of them too', () => {
    const { folder } = filled()
    opened(folder, ({ commits }) => commits.putAll(new Map([['c2', []]])))
    opened(folder, (cache) => {
      assert.deepEqual(pathsOf(cache, 'c1'), ['a.py', 'b\n.py'])
      assert.deepEqual(pathsOf(cache, 'c2'), [])
      assert.equal(pathsOf(cache, 'c3'), undefined)
    })
  })

  it('in memory forgets when it is closed', () => {
    const cache = openOutlineCache(null)
    cache.putAll([[source('a', 'end'), outline]])
    assert.deepEqual(get(cache, 'a', 'end'), outline)
    cache.close()
  })

  it('does not use outlines of another version', () => {
    const { folder } = filled()
    const old = outline.with(0, 1)
    opened(folder, (cache) => cache.putAll([[source('old', 'indent'), old]]))
    opened(folder, (cache) => assert.equal(get(cache, 'old'), undefined))
  })

  it('does not use entries of the wrong form', () => {
    const { folder, file } = filled()
    const database = new Database(file)
    const insert = database.prepare('INSERT OR REPLACE INTO outlines VALUES (?, ?)')
    const bad = { texti: 'text', shorti: Buffer.from([1, 2, 3]), emptyi: Buffer.alloc(0), numberi: 7 }
    for (const [key, value] of Object.entries(bad)) insert.run(key, value)
    database.close()
    opened(folder, (cache) => {
      for (const key of Object.keys(bad)) assert.equal(get(cache, key.slice(0, -1)), undefined, key)
    })
  })
})

describe('a damaged cache is thrown away and begun again', () => {
  it('when it is no database', () => {
    const { folder, file } = filled()
    writeFileSync(file, 'not a database, but long enough to look at. '.repeat(100))
    isRebuilt(folder)
  })

  it('when it was cut off', () => {
    const { folder, file } = filled()
    truncateSync(file, 10_000)
    isRebuilt(folder)
  })

  it('when it comes to light only while it is read', () => {
    const { folder, file } = filled()
    const bytes = readFileSync(file)
    bytes.fill(0xa5, 3 * 4096)
    writeFileSync(file, bytes)
    isRebuilt(folder)
  })

  it('when it has other tables', () => {
    const { folder, file } = filled()
    const database = new Database(file)
    database.exec('DROP TABLE outlines; CREATE TABLE outlines (something TEXT)')
    database.close()
    isRebuilt(folder)
  })
})

describe('a cache that cannot be written', () => {
  it('is an error that names the folder', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    assert.throws(() => openOutlineCache(file), failsWith('file-not-written', /file$/))
    assert.throws(() => openOutlineCache(join(file, 'below')), failsWith('file-not-written', /below$/))
  })

  it('is an error that names the file', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'outlines.db'))
    assert.throws(() => openOutlineCache(folder), failsWith('file-not-written', /outlines\.db/))
  })
})

describe('a cache used by several processes at once', () => {
  it('gives each the same snapshot', async () => {
    const text = (i: number) => `def f${i}(x):\n    return x\n`.repeat(20)
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}.py`, text(i)]))
    const repository = gitRepository([{ files }, { files: { 'f0.py': 'x\n' } }])
    const script = fileURLToPath(new URL('../../fixtures/print-snapshot.ts', import.meta.url))
    const folder = temporaryFolder()
    const run = async () => (await promisify(execFile)(process.execPath, [script, repository, folder])).stdout
    const printed = await Promise.all([run(), run(), run(), run()])
    assert.match(printed[0] ?? '', /^300 [0-9a-f]{64}\n$/)
    assert.equal(new Set(printed).size, 1)
    assert.equal(await run(), printed[0])
  })
})
