import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createApiKey } from '../../../src/store/api-keys.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { cli } from './fake-app.ts'

const inNewFolder = () => {
  const db = join(temporaryFolder(), 'keys.db')
  return { db, keys: (...args: string[]) => cli(['keys', ...args, '--db', db]) }
}

describe('foretoken keys', () => {
  it('prints a new key, and nothing else, where a shell takes it from; what to do with it, beside', async () => {
    const { keys } = inNewFolder()
    const { exit, stdout, stderr } = await keys('create', '--name', 'CI', '--scope', 'gate', 'estimate')
    assert.equal(exit, 0)
    assert.match(stdout, /^ftk_[0-9a-z]{12}_[\w-]{43}\n$/)
    assert.match(stderr, /^key [0-9a-z]{12} may estimate, gate\n→ keep it now/)
    assert.ok(!stderr.includes(stdout.trim()))
  })

  it('never shows a key again', async () => {
    const { keys } = inNewFolder()
    const { stdout: key } = await keys('create', '--name', 'CI', '--scope', 'gate')
    const secret = key.trim().split('_').slice(2).join('_')
    for (const args of [['list'], ['list', '--format', 'json'], ['audit'], ['audit', '--format', 'json']]) {
      const { exit, stdout } = await keys(...args)
      assert.equal(exit, 0)
      assert.ok(stdout.includes(key.split('_')[1] ?? '?'))
      assert.ok(!stdout.includes(secret))
    }
  })

  it('tells programs what a key is in one document', async () => {
    const { keys } = inNewFolder()
    const args = ['--name', 'nightly', '--scope', 'admin', '--expires', '30', '--format', 'json']
    const { stdout } = await keys('create', ...args)
    const { schema, key, id, name, scopes, expiresAt } = JSON.parse(stdout)
    assert.deepEqual(
      [schema, name, scopes, expiresAt],
      ['key/1', 'nightly', ['admin'], '2026-12-20T12:00:00.000Z'],
    )
    assert.ok(key.startsWith(`ftk_${id}_`))
  })

  it('takes the day a key ends for what it is, and refuses one that is gone', async () => {
    const { keys } = inNewFolder()
    const made = await keys('create', '--name', 'n', '--scope', 'run', '--expires', '2027-01-31')
    assert.match(made.stderr, /until 2027-01-31T00:00:00\.000Z/)
    for (const wrong of ['2026-11-01', 'soon', '0', '2026-13-40']) {
      const { exit, stderr } = await keys('create', '--name', 'n', '--scope', 'run', '--expires', wrong)
      assert.equal(exit, 2)
      assert.match(stderr, /--expires .* expected days, or a date to come/)
    }
  })

  it('refuses a scope that there is not', async () => {
    const { keys } = inNewFolder()
    const { exit, stdout, stderr } = await keys('create', '--name', 'n', '--scope', 'everything')
    assert.deepEqual([exit, stdout], [2, ''])
    assert.match(stderr, /expected some of estimate, gate, run, import, admin/)
  })

  it('revokes a key, and says so in the list and in the trail', async () => {
    const { keys } = inNewFolder()
    const { stdout: key } = await keys('create', '--name', 'n', '--scope', 'run')
    const id = key.split('_')[1] ?? ''
    assert.match((await keys('list')).stdout, new RegExp(`^${id}  in force  never used  run  n\n$`))
    assert.match((await keys('revoke', id)).stdout, new RegExp(`^${id}  revoked 2026-11-20 12:00 UTC`))
    assert.match((await keys('list')).stdout, /revoked/)
    assert.match(
      (await keys('audit', '--limit', '1')).stdout,
      new RegExp(`command line  key\\.revoke  ${id}\n$`),
    )
  })

  it('says which key there is not', async () => {
    const { keys } = inNewFolder()
    await keys('create', '--name', 'n', '--scope', 'run')
    const { exit, stderr } = await keys('revoke', 'nobody')
    assert.equal(exit, 2)
    assert.match(stderr, /No such API key: nobody\n→ see `foretoken keys list`/)
  })

  it('shows a name on one line, without what a terminal obeys', async () => {
    const { db, keys } = inNewFolder()
    const store = openStore(db, { create: true })
    const name = 'evil\u001b[2J\nzzzz'
    createApiKey(store, { name, scopes: ['run'], expiresMs: null }, { actor: 'x', atMs: 0 })
    store.close()
    const { stdout } = await keys('list')
    assert.equal(stdout.split('\n').length, 2)
    assert.ok(stdout.includes('evil\\u001b[2J zzzz'))
  })
})
