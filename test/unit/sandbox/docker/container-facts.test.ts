import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ContainerEnd, factsOf, lostFacts } from '../../../../src/sandbox/docker/container-facts.ts'
import { outcomeOf } from '../../../../src/sandbox/outcome.ts'

const QUIET = { bytes: 0, head: '', trouble: null }
const COUNTERS = { oomKills: 0, peakMemoryBytes: 1e6, cpuSeconds: 0.1, throttledSeconds: 0 }
const UNKNOWN = { oomKills: null, peakMemoryBytes: null, cpuSeconds: null, throttledSeconds: null }
const FINE: ContainerEnd = {
  ...{ pid: 12, code: 0, how: 'command', timedOut: false, stopped: false },
  ...{ counters: COUNTERS, engineSawOom: false, stdout: QUIET, stderr: QUIET },
}
const facts = (end: Partial<ContainerEnd>) => factsOf({ ...FINE, ...end })
const outcome = (end: Partial<ContainerEnd>) =>
  outcomeOf({ facts: facts(end), check: 'passed', budgetExhausted: false, gatewayFailed: false })

describe('what a container tells', () => {
  it('is the code of a command that ended by itself', () => {
    assert.deepEqual([facts({}).exit, facts({ code: 3 }).exit, facts({ code: 137 }).exit], [0, 3, 137])
    assert.deepEqual([outcome({}), outcome({ code: 137 })], ['resolved', 'failed'])
  })

  it('is a signal where the command was made to end, whatever code is told of it', () => {
    const { exit, signal, timedOut } = facts({ how: 'force', code: 137, timedOut: true })
    assert.deepEqual([exit, signal, timedOut], [null, 'SIGKILL', true])
    assert.equal(outcome({ how: 'force', code: null, timedOut: true }), 'timed-out')
  })

  it('is the code also of a command that ended in its grace', () => {
    const { exit, timedOut } = facts({ code: 5, timedOut: true })
    assert.deepEqual([exit, timedOut], [5, true])
  })

  it('is, of a command that did not start, what the engine says', () => {
    const stdout = { bytes: 9, head: 'OCI runtime exec failed: not found\r\n', trouble: null }
    const { started, exit, infraReason } = facts({ pid: 0, code: 126, stdout })
    assert.deepEqual([started, exit, infraReason], [false, null, 'OCI runtime exec failed: not found'])
    assert.equal(outcome({ pid: 0, code: 126 }), 'infra-error')
  })

  it('is that memory ran out, as the kernel counted it, and once where only the engine saw it', () => {
    assert.equal(outcome({ code: 3, counters: { ...COUNTERS, oomKills: 2 } }), 'infra-error')
    const gone = { how: 'container', counters: UNKNOWN, engineSawOom: true } as const
    assert.equal(facts(gone).oomKills, 1)
    assert.equal(facts({ ...gone, engineSawOom: false }).oomKills, null)
  })

  it('is an infra reason where the container ended first, the run was stopped, or an output was lost', () => {
    assert.match(facts({ how: 'container' }).infraReason ?? '', /from outside/)
    assert.match(facts({ how: 'force', stopped: true }).infraReason ?? '', /stopped/)
    assert.match(facts({ pid: 0, stopped: true }).infraReason ?? '', /stopped/)
    assert.equal(facts({ stderr: { ...QUIET, trouble: 'disk full' } }).infraReason, 'disk full')
  })

  it('is nothing but why, where the engine went away', () => {
    const lost = lostFacts({ stdout: { ...QUIET, bytes: 4 }, stderr: QUIET, reason: 'gone' })
    assert.deepEqual([lost.started, lost.exit, lost.oomKills, lost.stdoutBytes], [true, null, null, 4])
    assert.equal(lost.infraReason, 'gone')
  })
})
