import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepAttempts, readAttempts, type StoredAttempt } from '../../../src/store/attempts.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { ALL_RUNS, readRuns } from '../../../src/store/read-runs.ts'
import { importRuns, madeRun, newStore } from '../../fixtures/runs.ts'

const storedRuns = (store: Store) => [...readRuns(store, ALL_RUNS)]

const made = (more: Partial<StoredAttempt> = {}): StoredAttempt => ({
  ...{ id: 'ft-1', run: null, place: 1, startedAt: '2026-11-20T12:00:00.000Z' },
  ...{ endedAt: '2026-11-20T12:00:10.000Z', outcome: 'infra-error', infraReason: 'it broke' },
  document: { schema: 'attempt/1' },
  ...more,
})

describe('attempts in the store', () => {
  it('are kept once, however often they are told, and the last telling holds', () => {
    const store = newStore()
    keepAttempts(store, [made(), made({ id: 'ft-2', place: 2, startedAt: '2026-11-20T12:01:00.000Z' })])
    const again = made({ outcome: 'resolved', infraReason: null, document: { schema: 'attempt/1', more: 1 } })
    keepAttempts(store, [again])
    assert.deepEqual(
      readAttempts(store).map(({ id, place, outcome, document }) => [id, place, outcome, document]),
      [
        ['ft-1', 1, 'resolved', { schema: 'attempt/1', more: 1 }],
        ['ft-2', 2, 'infra-error', { schema: 'attempt/1' }],
      ],
    )
    store.close()
  })

  it('are found with their run once that is there too, whose outcome is theirs', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('r-1')])
    const [run] = storedRuns(store)
    keepAttempts(store, [made({ run: 'not-yet-there' })])
    assert.equal(readAttempts(store)[0]?.run, null)
    keepAttempts(store, [made({ run: run?.id ?? '' })])
    assert.equal(readAttempts(store)[0]?.run, run?.id)
    assert.equal(storedRuns(store)[0]?.outcome, 'infra-error')
    store.close()
  })
})
