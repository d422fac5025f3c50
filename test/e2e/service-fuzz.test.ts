import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { builtService } from '../fixtures/server/built-service.ts'
import { type FuzzOptions, fuzz, lackingFuzz } from '../fixtures/server/fuzz.ts'
import { RUNS } from '../fixtures/server/running-service.ts'
import { keyFor } from '../fixtures/server/test-service.ts'

const skip = lackingFuzz() ?? false

/** Reports and imports have a process of their own each; a training has a minute of one. */
const HEAVY = '/(reports|trajectories|trainings)'

/** The service without keys is not asked whether it heeds them. */
const WITHOUT_KEYS = ['ignored_auth']

const service = skip ? null : await builtService({ runs: RUNS })
const guarded = skip
  ? null
  : await builtService({ runs: RUNS, keysRequired: true, limits: { requestsPerMinute: 1_000_000 } })
let sent = 0

/** Holds what is answered against the document; gives nothing, as a failure tells everything. */
async function holds(url: string, options: FuzzOptions): Promise<void> {
  const { exit, cases, output } = await fuzz(url, options)
  assert.equal(exit, 0, output)
  assert.ok(cases > 0, output)
  sent += cases
}

describe('the service, asked everything that its document allows and much that it does not', { skip }, () => {
  const url = service?.url ?? ''

  it('answers as it says, where it answers itself', () =>
    holds(url, { without: HEAVY, most: 1500, excluded: WITHOUT_KEYS }))

  it('answers as it says when what it made is asked for, changed and ended', () =>
    holds(url, { without: HEAVY, most: 50, phases: 'stateful', excluded: WITHOUT_KEYS }))

  it('answers as it says, where another process answers', () =>
    holds(url, { only: '/(reports|trajectories)', most: 10, excluded: WITHOUT_KEYS }))

  // One training is under way meanwhile, and ten wait: those that come then are refused, as the document says.
  it('answers as it says, where bundles are made', () =>
    holds(url, { only: '/trainings', most: 100, excluded: WITHOUT_KEYS }))

  it('answers as it says where everybody needs a key, and nobody without one', () =>
    holds(guarded?.url ?? '', {
      without: HEAVY,
      most: 30,
      headers: keyFor(guarded?.database ?? '', ['estimate', 'gate', 'run', 'import', 'admin']),
    }))

  it('was asked 20,000 times and more, told of no bug, and ends when it is told to', async () => {
    assert.ok(sent >= 20_000, `${sent} cases`)
    for (const each of [service, guarded]) {
      assert.equal(await each?.close(), 0, each?.said())
      assert.doesNotMatch(each?.said() ?? '', /"level":"(error|fatal)"/)
    }
  })
})
