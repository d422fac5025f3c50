import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { newApiKeyText, parseApiKey, withoutApiKeys, writeApiKey } from '../../../src/store/api-key-text.ts'
import {
  apiKeyReader,
  createApiKey,
  isInForce,
  listApiKeys,
  revokeApiKey,
  writeKeyUses,
} from '../../../src/store/api-keys.ts'
import { readAudit } from '../../../src/store/audit.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { AT_MS, newStore } from '../../fixtures/runs.ts'

const DOING = { actor: 'somebody', atMs: AT_MS }
const made = (store: Store, expiresMs: number | null = null) =>
  createApiKey(store, { name: 'CI', scopes: ['estimate', 'gate'], expiresMs }, DOING)

describe('the text of a key', () => {
  it('is found by scanners, and taken apart as it was put together', () => {
    const text = newApiKeyText()
    assert.match(writeApiKey(text), /^ftk_[0-9a-z]{12}_[\w-]{43}$/)
    assert.deepEqual(parseApiKey(writeApiKey(text)), text)
    assert.equal(Buffer.from(text.secret, 'base64url').length, 32)
  })

  it('is never the same twice', () => {
    const keys = Array.from({ length: 100 }, newApiKeyText)
    assert.equal(new Set(keys.map(({ id }) => id)).size, 100)
    assert.equal(new Set(keys.map(({ secret }) => secret)).size, 100)
  })

  it('is nothing that differs in form by one character', () => {
    const key = writeApiKey(newApiKeyText())
    for (const wrong of ['', 'ftk_', key.slice(1), key.slice(0, -1), `${key}x`, ` ${key}`, key.toUpperCase()])
      assert.equal(parseApiKey(wrong), null, wrong)
  })

  it('is taken out of all that is written down', () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const text = newApiKeyText()
        const told = withoutApiKeys(`${before} ${writeApiKey(text)} ${after}`)
        assert.ok(!told.includes(text.secret) && !told.includes(text.id))
      }),
    ))
})

describe('keys in the store', () => {
  it('are matched by their whole text, and by nothing else', () => {
    const store = newStore()
    const [one, two] = [made(store), made(store)]
    const { match } = apiKeyReader(store)
    assert.deepEqual(match(one.key), one.kept)
    const secretOfTwo = parseApiKey(two.key)?.secret ?? ''
    assert.equal(match(writeApiKey({ id: one.kept.id, secret: secretOfTwo })), null)
    assert.equal(match(writeApiKey({ id: 'zzzzzzzzzzzz', secret: secretOfTwo })), null)
    assert.equal(match(one.kept.id), null)
    assert.equal(match(''), null)
    store.close()
  })

  it('are nowhere in the file, but for their hashes', () => {
    const store = newStore()
    const { key } = made(store)
    store.database.pragma('wal_checkpoint(TRUNCATE)')
    const bytes = readFileSync(store.file)
    assert.ok(bytes.includes(parseApiKey(key)?.id ?? '?'))
    assert.ok(!bytes.includes(parseApiKey(key)?.secret ?? ''))
    store.close()
  })

  it('are out of force from the moment they expire', () => {
    const store = newStore()
    const { kept } = made(store, AT_MS + 1000)
    assert.equal(isInForce(kept, AT_MS + 999), true)
    assert.equal(isInForce(kept, AT_MS + 1000), false)
    store.close()
  })

  it('are revoked for every process at once, once, and for good', () => {
    const store = newStore()
    const { key, kept } = made(store)
    const { match } = apiKeyReader(store)
    assert.equal(match(key)?.revokedAt, null)
    const other = openStore(store.file, { create: false })
    const revoked = revokeApiKey(other, kept.id, { ...DOING, atMs: AT_MS + 5 })
    assert.deepEqual(match(key), revoked)
    assert.equal(isInForce(revoked, AT_MS + 6), false)
    assert.deepEqual(revokeApiKey(other, kept.id, { ...DOING, atMs: AT_MS + 9 }), revoked)
    other.close()
    store.close()
  })

  it('that there are not cannot be revoked', () => {
    const store = newStore()
    assert.throws(() => revokeApiKey(store, 'nobody', DOING), failsWith('key-not-found', /^nobody$/))
    assert.deepEqual(readAudit(store, 10), [])
    store.close()
  })

  it('leave a trail: who made and who revoked them', () => {
    const store = newStore()
    const { kept } = made(store)
    revokeApiKey(store, kept.id, { actor: 'another', atMs: AT_MS + 1 })
    revokeApiKey(store, kept.id, { actor: 'a third', atMs: AT_MS + 2 })
    assert.deepEqual(
      readAudit(store, 10).map(({ actor, action, subject, detail }) => [actor, action, subject, detail]),
      [
        ['another', 'key.revoke', kept.id, null],
        ['somebody', 'key.create', kept.id, 'scopes estimate gate'],
      ],
    )
    store.close()
  })

  it('know when they were last used', () => {
    const store = newStore()
    const { kept } = made(store)
    writeKeyUses(store, new Map([[kept.id, AT_MS + 60_000]]))
    assert.deepEqual(
      listApiKeys(store).map(({ lastUsedAt }) => lastUsedAt),
      ['2026-11-20T12:01:00.000Z'],
    )
    store.close()
  })
})
