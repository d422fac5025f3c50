import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { factsOf, lostRun, type PodEnd } from '../../../../src/sandbox/kubernetes/facts.ts'
import type { Told } from '../../../../src/sandbox/kubernetes/told.ts'
import { jobRun } from '../../../fixtures/job-run.ts'

const TOLD: Told = {
  begun: true,
  late: false,
  notStarted: null,
  counters: { oomKills: 0, peakMemoryBytes: 100, cpuSeconds: 2, throttledSeconds: 0 },
  stdout: { bytes: 5, trouble: null },
  stderr: { bytes: 6, trouble: null },
}
const startedAt = new Date('2026-01-01T00:00:00Z')
const ended = (more: object = {}) => ({
  ...{ exitCode: 0, reason: 'Completed', startedAt, finishedAt: new Date('2026-01-01T00:01:00Z') },
  ...more,
})
const { spec } = jobRun()
const facts = (end: Partial<PodEnd>) => factsOf({ how: ended(), overdue: false, told: TOLD, ...end }, spec)

describe('the facts of a run in a pod', () => {
  it('are the code of the container and what the kernel counted there', () => {
    assert.deepEqual(facts({ how: ended({ exitCode: 3, reason: 'Error' }) }), {
      ...{ started: true, exit: 3, signal: null, timedOut: false, infraReason: null },
      ...{ oomKills: 0, peakMemoryBytes: 100, cpuSeconds: 2, throttledSeconds: 0 },
      ...{ stdoutBytes: 5, stderrBytes: 6 },
    })
  })

  it('say that memory ran out where the engine does, whatever the code and whatever is told inside', () => {
    const counted = (oomKills: number | null) => ({ ...TOLD, counters: { ...TOLD.counters, oomKills } })
    const kills = (exitCode: number, reason: string, told: Told | null) =>
      facts({ how: ended({ exitCode, reason }), told }).oomKills
    assert.equal(kills(137, 'Error', TOLD), 0)
    assert.equal(kills(137, 'Error', counted(4)), 0)
    assert.equal(kills(3, 'OOMKilled', counted(4)), 4)
    assert.equal(kills(3, 'OOMKilled', counted(0)), 1)
    assert.equal(kills(137, 'OOMKilled', null), 1)
  })

  it('believe that time was up only where the clock of the engine agrees', () => {
    const late = { ...TOLD, late: true }
    assert.equal(facts({ told: late }).timedOut, true)
    const early = ended({ finishedAt: new Date('2026-01-01T00:00:58Z') })
    assert.equal(facts({ how: early, told: late }).timedOut, false)
    const rounded = ended({ finishedAt: new Date('2026-01-01T00:00:59Z') })
    assert.equal(facts({ how: rounded, told: late }).timedOut, true)
    assert.equal(facts({}).timedOut, false)
  })

  it('tell of a command that could not be ended from inside', () => {
    const { started, exit, signal, timedOut, infraReason } = facts({ how: null, overdue: true })
    assert.deepEqual([started, exit, signal, timedOut, infraReason], [true, null, 'SIGKILL', true, null])
  })

  it('tell of a command that did not begin, by the engine or by the shell that was to start it', () => {
    const byEngine = facts({
      how: ended({ exitCode: 128, reason: 'StartError', message: 'exec: "sh": not found\n' }),
    })
    assert.deepEqual([byEngine.started, byEngine.exit], [false, null])
    assert.equal(byEngine.infraReason, 'exec: "sh": not found')
    const notStarted = 'exec: nosuch: not found'
    const byShell = facts({ how: ended({ exitCode: 127, reason: 'Error' }), told: { ...TOLD, notStarted } })
    assert.deepEqual([byShell.started, byShell.exit, byShell.infraReason], [false, null, notStarted])
    const before = facts({ how: ended({ exitCode: 125, reason: 'Error' }), told: { ...TOLD, begun: false } })
    assert.deepEqual(
      [before.started, before.infraReason],
      [...[false, 'the command could not be started (Error, 125)']],
    )
  })

  it('tell of an output that could not be kept', () => {
    const stderr = { bytes: null, trouble: '/y could not be written: ENOSPC' }
    assert.equal(facts({ told: { ...TOLD, stderr } }).infraReason, stderr.trouble)
  })

  it('of a run that was lost are no more than why, and whether it had begun', () => {
    const lost = lostRun('NodeLost: nothing has been heard of node-1', true)
    assert.deepEqual([lost.started, lost.exit, lost.timedOut], [true, null, false])
    assert.equal(lost.infraReason, 'NodeLost: nothing has been heard of node-1')
    assert.equal(lostRun('DeadlineExceeded: was active too long', true).timedOut, true)
    assert.equal(lostRun('DeadlineExceeded: was active too long', false).timedOut, false)
  })
})
