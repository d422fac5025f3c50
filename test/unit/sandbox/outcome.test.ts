import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Ending, outcomeOf } from '../../../src/sandbox/outcome.ts'
import type { SandboxFacts } from '../../../src/sandbox/sandbox.ts'

const FINE: SandboxFacts = {
  started: true,
  exit: 0,
  signal: null,
  timedOut: false,
  oomKills: 0,
  peakMemoryBytes: 1e6,
  cpuSeconds: 0.1,
  throttledSeconds: 0,
  stdoutBytes: 0,
  stderrBytes: 0,
  infraReason: null,
}

function outcome(facts: Partial<SandboxFacts>, rest: Partial<Ending> = {}) {
  const ending = { check: 'passed', budgetExhausted: false, gatewayFailed: false } as const
  return outcomeOf({ ...ending, ...rest, facts: { ...FINE, ...facts } })
}

describe('the outcome of a run', () => {
  it('is resolved where the check passed, and failed where it did not', () => {
    assert.equal(outcome({}), 'resolved')
    assert.equal(outcome({}, { check: 'failed' }), 'failed')
  })

  it('is not known where a task has no check and nothing went wrong', () => {
    assert.equal(outcome({}, { check: null }), null)
    assert.equal(outcome({ exit: 3 }, { check: null }), 'failed')
  })

  it('is failed where the agent ends with a code, 137 too', () => {
    assert.equal(outcome({ exit: 3 }), 'failed')
    assert.equal(outcome({ exit: 137 }), 'failed')
    assert.equal(outcome({ exit: null, signal: 'SIGKILL' }), 'failed')
  })

  it('is of the infrastructure where memory ran out, whatever code came of it', () => {
    assert.equal(outcome({ exit: 137, oomKills: 1 }), 'infra-error')
    assert.equal(outcome({ exit: 3, oomKills: 1 }), 'infra-error')
    assert.equal(outcome({ exit: 0, oomKills: 1 }, { check: 'failed' }), 'infra-error')
    assert.equal(outcome({ timedOut: true, exit: null, oomKills: 1 }), 'infra-error')
  })

  it('is resolved where the agent survived that, and solved the task', () => {
    assert.equal(outcome({ exit: 0, oomKills: 1 }), 'resolved')
  })

  it('is of the infrastructure where something did not start, or broke', () => {
    assert.equal(outcome({ started: false, exit: null }), 'infra-error')
    assert.equal(outcome({ infraReason: 'the node was lost' }), 'infra-error')
    assert.equal(outcome({}, { gatewayFailed: true }), 'infra-error')
    assert.equal(outcome({}, { check: 'infra-error' }), 'infra-error')
  })

  it('is what cut the run short, whatever half a run came to', () => {
    assert.equal(outcome({ timedOut: true, exit: null }), 'timed-out')
    assert.equal(outcome({ timedOut: true }), 'timed-out')
    assert.equal(outcome({ exit: 1 }, { budgetExhausted: true }), 'budget-exhausted')
    assert.equal(outcome({ timedOut: true }, { budgetExhausted: true }), 'budget-exhausted')
  })

  it('takes what is not known for no fact at all', () => {
    assert.equal(outcome({ oomKills: null }), 'resolved')
  })
})
