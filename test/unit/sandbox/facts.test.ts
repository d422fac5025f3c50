import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { factsOf, notMade } from '../../../src/sandbox/local/facts.ts'
import type { Ended } from '../../../src/sandbox/local/launch.ts'
import { parseStart } from '../../../src/sandbox/local/owner.ts'
import { parseStatus } from '../../../src/sandbox/local/status.ts'

const COUNTERS = { oomKills: 0, peakMemoryBytes: 1, cpuSeconds: 1, throttledSeconds: 0 }
const SILENT = { bytes: 0, head: '', trouble: null }
const ENDED: Ended = {
  status: { childPid: 7, exit: 0 },
  code: 0,
  timedOut: false,
  stopped: false,
  trouble: null,
  cutOff: false,
  stdout: SILENT,
  stderr: SILENT,
}

const facts = (ended: Partial<Ended>) => factsOf({ ...ENDED, ...ended }, COUNTERS)
const NO_EXIT = { childPid: 7, exit: null }

describe('the facts of a run', () => {
  it('are those of the command where it began', () => {
    const { started, exit, signal, infraReason } = facts({ status: { childPid: 7, exit: 3 }, code: 3 })
    assert.deepEqual(
      { started, exit, signal, infraReason },
      { started: true, exit: 3, signal: null, infraReason: null },
    )
  })

  it('give the reason of bubblewrap where the command did not begin', () => {
    const said = { ...SILENT, head: 'bwrap: execvp nosuch: No such file or directory\n' }
    const { started, exit, infraReason } = facts({ status: NO_EXIT, code: 1, stderr: said })
    assert.deepEqual([started, exit], [false, null])
    assert.equal(infraReason, 'bwrap: execvp nosuch: No such file or directory')
    assert.equal(facts({ status: NO_EXIT, code: 1 }).infraReason, 'the sandbox could not be started (1)')
  })

  it('tell a time-out, after which all was killed, from a kill by others', () => {
    const killed = { status: NO_EXIT, code: null }
    const late = facts({ ...killed, timedOut: true })
    assert.deepEqual([late.timedOut, late.signal, late.infraReason], [true, 'SIGKILL', null])
    assert.equal(facts(killed).infraReason, 'the sandbox was killed from outside')
    assert.equal(facts({ ...killed, stopped: true }).infraReason, 'the run was stopped')
  })

  it('say that there was no way to the gateway, unless bubblewrap took it along', () => {
    const trouble = 'no way to the gateway: stopped'
    const cut = facts({ status: NO_EXIT, code: null, trouble })
    assert.deepEqual([cut.started, cut.infraReason], [false, trouble])
    const said = { ...SILENT, head: "bwrap: Can't find source path /x\n" }
    assert.match(facts({ status: NO_EXIT, code: 1, trouble, stderr: said }).infraReason ?? '', /source path/)
  })

  it('say that the way to the gateway was lost, however the command took it', () => {
    assert.equal(facts({ cutOff: true }).infraReason, 'the way to the gateway was lost')
  })

  it('tell of an output that could not be kept', () => {
    const full = { bytes: 10, head: '', trouble: '/x could not be written: ENOSPC' }
    assert.equal(facts({ stdout: full }).infraReason, full.trouble)
    assert.equal(facts({ stdout: full }).stdoutBytes, 10)
  })

  it('are all unknown of a sandbox that was never made', () => {
    const { started, timedOut, infraReason, ...rest } = notMade('no room')
    assert.deepEqual([started, timedOut, infraReason], [false, false, 'no room'])
    assert.ok(Object.values(rest).every((value) => value === null))
  })
})

describe('what bubblewrap tells', () => {
  it('is read line by line, as far as it has come', () => {
    assert.deepEqual(parseStatus(''), { childPid: null, exit: null })
    assert.deepEqual(parseStatus('{ "child-pid": 12, "net-namespace": 1 }\n{ "exit-'), {
      childPid: 12,
      exit: null,
    })
    assert.deepEqual(parseStatus('{ "child-pid": 12 }\n{ "exit-code": 0 }\n'), { childPid: 12, exit: 0 })
  })
})

describe('the start of a process', () => {
  const stat = (state: string, flags = 0x400100) =>
    `42 (a) b (c) ${state} ${Array.from({ length: 40 }, (_, i) => (i === 5 ? flags : i + 1)).join(' ')}`

  it('is found whatever the program is called', () => {
    assert.equal(parseStart(stat('S')), 19)
  })

  it('is that of nobody where only a zombie is left', () => {
    assert.equal(parseStart(stat('Z')), null)
    assert.equal(parseStart(stat('S', 0x400104)), null)
  })
})
