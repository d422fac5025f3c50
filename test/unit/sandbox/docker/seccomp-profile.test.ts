import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seccompProfile } from '../../../../src/sandbox/docker/seccomp-profile.ts'

/** What libseccomp makes of the profile: the first rule whose conditions all hold; null = the call is allowed. */
function refusal(name: string, first = 0): number | null {
  const holds = ({ op, value, valueTwo }: { op: string; value: number; valueTwo?: number }) =>
    (op === 'SCMP_CMP_EQ' && first === value) ||
    (op === 'SCMP_CMP_GE' && first >= value) ||
    (op === 'SCMP_CMP_MASKED_EQ' && (first & value) === valueTwo)
  const rule = seccompProfile().syscalls.find(
    ({ names, args }) => names.includes(name) && (args ?? []).every(holds),
  )
  return rule?.errnoRet ?? null
}

describe('the profile of system calls', () => {
  it('lets sockets be opened of families that a namespace holds, and no other', () => {
    for (const family of [1, 2, 10, 16]) assert.equal(refusal('socket', family), null)
    for (const family of [0, 3, 9, 11, 15, 17, 38, 40, 99]) assert.equal(refusal('socket', family), 97)
  })

  it('lets processes and threads be made, and no namespace', () => {
    const [SIGCHLD, THREAD] = [17, 0x3d0f00]
    for (const flags of [SIGCHLD, THREAD]) assert.equal(refusal('clone', flags), null)
    for (const flag of [0x80, 0x20000, 0x10000000, 0x40000000])
      assert.equal(refusal('clone', flag + SIGCHLD), 1)
    assert.deepEqual([refusal('unshare'), refusal('setns'), refusal('clone3')], [1, 1, 38])
  })

  it('refuses what goes past it, and lets everything else be', () => {
    for (const name of ['keyctl', 'io_uring_setup', 'pidfd_getfd']) assert.equal(refusal(name), 38)
    for (const name of ['mount', 'bpf', 'userfaultfd', 'syslog']) assert.equal(refusal(name), 1)
    for (const name of ['read', 'execve', 'ptrace', 'connect']) assert.equal(refusal(name), null)
  })
})
