import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import type { KnownError } from '../../../src/errors.ts'
import { backUp } from '../../../src/store/back-up.ts'
import { examineStore } from '../../../src/store/examine-store.ts'
import { MIGRATIONS } from '../../../src/store/migrations.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { calls, contents, importRuns, madeRun, newStore } from '../../fixtures/runs.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const newest = MIGRATIONS.at(-1)?.version ?? 0
const file = () => join(temporaryFolder(), 'deep/er/store.db')
const failsAs = (code: string, words: RegExp) => (error: KnownError) => {
  assert.deepEqual([error.code, error.exit], [code, 2])
  assert.match(error.detail, words)
  return true
}

/** Tables, indices and their SQL: what a version is. */
const shapeOf = (database: Database.Database) =>
  database.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all()

describe('a store', () => {
  it('is made with its folder, and opens again as it was', async () => {
    const place = file()
    const store = openStore(place, { create: true })
    await importRuns(store, [madeRun('a', calls(0, 3))])
    store.close()
    const again = openStore(place, { create: false })
    assert.deepEqual(contents(again), { a: [3, 30, '0.03'] })
    assert.equal(again.database.pragma('journal_mode', { simple: true }), 'wal')
    again.close()
  })

  it('numbers its migrations without a gap', () => {
    assert.deepEqual(
      MIGRATIONS.map(({ version }) => version),
      MIGRATIONS.map((_, i) => i + 1),
    )
  })

  for (const { version } of MIGRATIONS) {
    it(`of version ${version} is brought to the newest, with the same shape as a new one, and only once`, () => {
      const place = file()
      openStore(place, { create: true, migrations: MIGRATIONS.slice(0, version) }).close()
      const store = openStore(place, { create: false })
      const fresh = newStore()
      assert.deepEqual(shapeOf(store.database), shapeOf(fresh.database))
      assert.equal(store.database.pragma('user_version', { simple: true }), newest)
      fresh.close()
      store.close()
      const again = openStore(place, { create: false })
      assert.deepEqual(examineStore(again).problems, [])
      again.close()
    })
  }

  it('of a version without keys of models is given them', () => {
    const place = file()
    const old = openStore(place, { create: true, migrations: MIGRATIONS.slice(0, 8) })
    old.database.exec(`
      INSERT INTO sources (sha256, format, reader, name, imported_at) VALUES ('s', 'made', 1, 'a', '2026-01-01');
      INSERT INTO bundles (id, data) VALUES ('b', 'd');
      INSERT INTO tasks (benchmark, id, repository) VALUES ('', 't', '');
      INSERT INTO runs (id, content, key, model, model_name, incomplete, quality, source)
        VALUES ('1', x'00', 'k', 'openai/gpt-5-2025-08-07', 'openai/gpt-5-2025-08-07', 0, 'log', 1),
          ('2', x'00', 'l', NULL, NULL, 0, 'log', 1);
      INSERT INTO estimates (id, made_at, task, agent, model, model_name, bundle, document)
        VALUES ('e', '2026-01-01', 1, 'a', 'GPT-5', 'gpt-5', 1, '{}');`)
    old.close()
    const { database, close } = openStore(place, { create: false })
    const keys = (table: string) =>
      database.prepare(`SELECT model_key FROM ${table} ORDER BY row`).pluck().all()
    assert.deepEqual([keys('runs'), keys('estimates')], [['gpt-5', null], ['gpt-5']])
    close()
  })

  it('whose migration fails stays at the version it had', () => {
    const place = file()
    openStore(place, { create: true, migrations: MIGRATIONS.slice(0, 1) }).close()
    const broken = [
      ...MIGRATIONS.slice(0, 1),
      { version: 2, what: 'x', sql: 'CREATE TABLE ok (a); NONSENSE' },
    ]
    assert.throws(
      () => openStore(place, { create: false, migrations: broken }),
      failsAs('store-failed', /NONSENSE/),
    )
    const store = openStore(place, { create: false, migrations: MIGRATIONS.slice(0, 1) })
    assert.equal(store.database.pragma('user_version', { simple: true }), 1)
    assert.ok(!JSON.stringify(shapeOf(store.database)).includes('"ok"'))
    store.close()
  })

  it('that is not there, another program’s, newer or no database is refused with the file', () => {
    assert.throws(() => openStore(file(), { create: false }), failsAs('store-not-found', /store\.db$/))
    const foreign = join(temporaryFolder(), 'other.db')
    new Database(foreign).exec('CREATE TABLE theirs (a)').close()
    assert.throws(() => openStore(foreign, { create: true }), failsAs('store-foreign', /another program/))
    const text = join(temporaryFolder(), 'notes.txt')
    writeFileSync(text, 'not a database, but long enough to be looked at as one\n'.repeat(200))
    assert.throws(() => openStore(text, { create: true }), failsAs('store-foreign', /notes\.txt/))
    const newer = file()
    const store = openStore(newer, { create: true })
    store.database.pragma(`user_version = ${newest + 1}`)
    store.close()
    assert.throws(
      () => openStore(newer, { create: true }),
      failsAs('store-foreign', /version \d+, this program/),
    )
  })

  it('in a place that cannot be written is refused with the file', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'store.db'))
    assert.throws(
      () => openStore(join(folder, 'store.db'), { create: true }),
      failsAs('store-failed', /store\.db/),
    )
    writeFileSync(join(folder, 'a file'), '')
    assert.throws(
      () => openStore(join(folder, 'a file/s.db'), { create: true }),
      failsAs('store-failed', /ENOTDIR|EEXIST/),
    )
    chmodSync(folder, 0o700)
  })
})

describe('a backup', () => {
  it('is the store as it was, made while it is in use', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('a', calls(0, 3))])
    const copy = join(temporaryFolder(), 'copy.db')
    await backUp(store, copy)
    await importRuns(store, [madeRun('b', calls(3, 4))])
    const kept = openStore(copy, { create: false })
    assert.deepEqual(contents(kept), { a: [3, 30, '0.03'] })
    assert.deepEqual(examineStore(kept).problems, [])
    kept.close()
    await assert.rejects(backUp(store, copy), failsAs('file-not-written', /is there already/))
    store.close()
  })

  it('that cannot be written leaves nothing', async () => {
    const store = newStore()
    const nowhere = join(temporaryFolder(), 'gone/copy.db')
    await assert.rejects(backUp(store, nowhere))
    assert.ok(!existsSync(nowhere))
    store.close()
  })
})

describe('an examination', () => {
  it('tells what there is, and what is damaged', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('a', calls(0, 3)), madeRun('b', calls(5, 7))])
    const { runs, calls: counted, problems } = examineStore(store)
    assert.deepEqual([runs, counted, problems], [2, 5, []])
    store.database.exec('PRAGMA foreign_keys = OFF; DELETE FROM calls WHERE place = 1 AND run = 1')
    assert.match(examineStore(store).problems.join(), /run \w+ lacks calls/)
    store.database.exec('DELETE FROM sources')
    assert.match(examineStore(store).problems.join(), /a row of runs refers to one that is not there/)
    store.close()
  })
})
