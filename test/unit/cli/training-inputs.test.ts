import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { bringStore, copyTables } from '../../../src/cli/training-inputs.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { cli } from './fake-app.ts'

describe('what a training elsewhere is sent', () => {
  it('is the store as it is at one moment, while another writes to it, and all bundles, one’s own first', async () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()]
    const file = join(here, 'store.db')
    const store = openStore(file, { create: true })
    store.database.exec("INSERT INTO bundles VALUES (1, 'seen', 'd')")
    // Not committed yet: what others do not see is not sent.
    store.database.exec("BEGIN; INSERT INTO bundles VALUES (2, 'unseen', 'd')")
    const own = bundleFolder(here, { a: 'own a', b: 'own b' })
    const behind = bundleFolder(temporaryFolder(), { a: 'shipped a', c: 'shipped c' })
    writeFileSync(join(own, 'in-force.json'), 'which')
    writeFileSync(join(own, '.lock'), '')
    symlinkSync('/etc/passwd', join(own, 'a', 'card.md'))
    try {
      const args = await bringStore(there, { store: file, models: { own, behind } })
      assert.deepEqual(args, ['--from-store', '--db', 'store.db', '--models', 'models'])
    } finally {
      store.database.exec('ROLLBACK')
      store.close()
    }
    assert.deepEqual(readdirSync(there).sort(), ['models', 'store.db'])
    const copy = new Database(join(there, 'store.db'), { readonly: true })
    assert.deepEqual(copy.prepare('SELECT id FROM bundles').pluck().all(), ['seen'])
    copy.close()
    assert.deepEqual(readdirSync(join(there, 'models')).sort(), ['a', 'b', 'c', 'in-force.json'])
    assert.deepEqual(readdirSync(join(there, 'models/a')), ['model.json'])
    const sent = ['a', 'b', 'c'].map((id) => readFileSync(join(there, 'models', id, 'model.json'), 'utf8'))
    assert.deepEqual(sent, ['own a', 'own b', 'shipped c'])
  })

  it('names the store or the table that is not there', async () => {
    const [empty, into] = [temporaryFolder(), temporaryFolder()]
    const models = join(empty, 'models')
    await assert.rejects(
      bringStore(into, { store: join(empty, 'no.db'), models }),
      failsWith('store-not-found', /no\.db/),
    )
    await assert.rejects(copyTables(empty, join(into, 'data')), failsWith('file-not-found', /tasks\.csv/))
  })
})

describe('train', () => {
  it('refuses flags for a cluster that contradict each other, before anything else', async () => {
    const cases = [
      [['--on', 'kubernetes'], /no --image was given/],
      [['--image', 'x'], /--image x: nothing is done elsewhere/],
      [['--memory-mib', '2048'], /--memory-mib 2048: nothing is done elsewhere/],
      [['--on', 'mars', '--image', 'x'], /--on "mars": choose kubernetes/],
      [['--on', 'kubernetes', '--image', 'x', '--cpus', '0'], /--cpus "0": expected cores above 0/],
    ] as const
    for (const [args, says] of cases) {
      const { exit, stderr } = await cli(['train', ...args], { cwd: temporaryFolder() })
      assert.equal(exit, 2)
      assert.match(stderr, says)
    }
  })
})

function bundleFolder(parent: string, bundles: Readonly<Record<string, string>>): string {
  const folder = join(parent, 'models')
  for (const [id, text] of Object.entries(bundles)) {
    mkdirSync(join(folder, id), { recursive: true })
    writeFileSync(join(folder, id, 'model.json'), text)
  }
  return folder
}
