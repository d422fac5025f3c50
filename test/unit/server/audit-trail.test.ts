import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { auditTrail } from '../../../src/server/auth/audit-trail.ts'
import { keyUses } from '../../../src/server/auth/key-uses.ts'
import { newApiKeyText, writeApiKey } from '../../../src/store/api-key-text.ts'
import { createApiKey, listApiKeys } from '../../../src/store/api-keys.ts'
import { type AuditEntry, readAudit } from '../../../src/store/audit.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { AT_MS, newStore } from '../../fixtures/runs.ts'

const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ atMs: AT_MS, actor: 'key-1', action: 'run.start', subject: 'job-1' },
  ...{ request: 'r-1', address: '192.0.2.1', detail: null },
  ...more,
})
const never = (error: unknown) => assert.fail(String(error))

describe('the trail', () => {
  it('is written behind the requests, in the order of what was done', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const store = newStore()
    const trail = auditTrail({ store, onFailure: never, everyMs: 1000 })
    trail.note(entry())
    trail.note(entry({ action: 'run.cancel' }))
    assert.deepEqual(readAudit(store, 10), [])
    t.mock.timers.tick(1000)
    assert.deepEqual(readAudit(store, 10), [entry({ action: 'run.cancel' }), entry()])
    assert.equal(trail.waiting, 0)
    trail.close()
    store.close()
  })

  it('holds no key, wherever a client has put one', () => {
    const store = newStore()
    const key = writeApiKey(newApiKeyText())
    const trail = auditTrail({ store, onFailure: never })
    trail.note(entry({ subject: key, request: `r-${key}`, detail: `model ${key}` }))
    trail.close()
    const [kept] = readAudit(store, 1)
    assert.deepEqual([kept?.subject, kept?.request, kept?.detail], ['ftk_…', 'r-ftk_…', 'model ftk_…'])
    store.close()
  })

  it('keeps no text of any length', () => {
    const store = newStore()
    const trail = auditTrail({ store, onFailure: never })
    trail.note(entry({ detail: 'x'.repeat(10_000) }))
    trail.close()
    assert.equal(readAudit(store, 1)[0]?.detail?.length, 500)
    store.close()
  })

  it('says how much it had no room for', () => {
    const store = newStore()
    const trail = auditTrail({ store, onFailure: never, mostWaiting: 2 })
    for (let i = 0; i < 5; i++) trail.note(entry({ atMs: AT_MS + i }))
    assert.equal(trail.waiting, 2)
    trail.flush()
    trail.note(entry())
    trail.close()
    assert.deepEqual(
      readAudit(store, 10).map(({ action, detail }) => [action, detail]),
      [
        ['run.start', null],
        ['audit.lose', '3 entries found no room'],
        ['run.start', null],
        ['run.start', null],
      ],
    )
    store.close()
  })

  it('waits for another process that writes, without keeping the requests waiting, and loses nothing', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const store = newStore()
    const failures: unknown[] = []
    const trail = auditTrail({ store, onFailure: (error) => void failures.push(error), everyMs: 1000 })
    const other = openStore(store.file, { create: false })
    other.database.exec('BEGIN IMMEDIATE')
    trail.note(entry())
    const began = performance.now()
    t.mock.timers.tick(1000)
    assert.ok(performance.now() - began < 5000, 'the wait of the store itself is a minute')
    assert.equal(failures.length, 1)
    assert.ok(failsWith('store-failed', /locked/)(failures[0]))
    other.database.exec('COMMIT')
    other.close()
    t.mock.timers.tick(1000)
    assert.deepEqual(readAudit(store, 10), [entry()])
    assert.equal(store.database.pragma('busy_timeout', { simple: true }), 60_000)
    trail.close()
    store.close()
  })
})

describe('the uses of keys', () => {
  it('are written once a minute, however many there were', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const store = newStore()
    const doing = { actor: 'test', atMs: AT_MS }
    const { kept } = createApiKey(store, { name: 'n', scopes: ['run'], expiresMs: null }, doing)
    const clock = { ms: AT_MS }
    const uses = keyUses({ store, nowMs: () => clock.ms, onFailure: never })
    const changes = () => store.database.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0
    const before = changes()
    for (let i = 0; i < 1000; i++) {
      clock.ms += 50
      uses.used(kept.id)
    }
    assert.equal(changes() - before, 0)
    t.mock.timers.tick(60_000)
    t.mock.timers.tick(60_000)
    assert.equal(changes() - before, 1)
    assert.equal(listApiKeys(store)[0]?.lastUsedAt, '2026-11-20T12:00:50.000Z')
    uses.close()
    store.close()
  })
})
