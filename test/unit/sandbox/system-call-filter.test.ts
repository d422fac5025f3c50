import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ARCHITECTURES, systemCallFilter } from '../../../src/sandbox/local/system-call-filter.ts'

const ALLOWED = 0x7fff0000
const refused = (errno: number) => 0x00050000 + errno

/** What the kernel would make of the program: classic BPF, of which the filter uses loads, two jumps and returns. */
function evaluate(program: Buffer, data: Buffer): number {
  let accumulator = 0
  for (let at = 0; at < program.length / 8; at++) {
    const [code, value] = [program.readUInt16LE(8 * at), program.readUInt32LE(8 * at + 4)]
    const [ifTrue, ifFalse] = [program.readUInt8(8 * at + 2), program.readUInt8(8 * at + 3)]
    if (code === 0x06) return value
    if (code === 0x20) accumulator = data.readUInt32LE(value)
    else if (code === 0x15) at += accumulator === value ? ifTrue : ifFalse
    else if (code === 0x35) at += accumulator >= value ? ifTrue : ifFalse
    else throw new Error(`no such instruction: ${code}`)
  }
  throw new Error('the program does not end')
}

const x64 = ARCHITECTURES.x64 ?? { audit: 0, calls: null }
const arm64 = ARCHITECTURES.arm64 ?? { audit: 0, calls: null }

function call(on: typeof x64, name: number, args: readonly number[] = [], audit: number = on.audit): number {
  assert.ok(on.calls !== null)
  const data = Buffer.alloc(64)
  data.writeUInt32LE(name, 0)
  data.writeUInt32LE(audit, 4)
  args.forEach((arg, index) => {
    data.writeUInt32LE(arg, 16 + 8 * index)
  })
  return evaluate(systemCallFilter({ audit: on.audit, calls: on.calls }), data)
}

const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_ALG, AF_VSOCK] = [1, 2, 10, 16, 38, 40]

describe('the filter of system calls', () => {
  for (const [name, on] of Object.entries({ x64, arm64 })) {
    const numbers: Readonly<Record<string, number>> = on.calls ?? {}
    const number = (call: string): number => numbers[call] ?? -1

    it(`lets sockets be opened of families that a namespace holds, and no other, on ${name}`, () => {
      for (const family of [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK])
        assert.equal(call(on, number('socket'), [family]), ALLOWED)
      for (const family of [0, 3, AF_ALG, AF_VSOCK, 99])
        assert.equal(call(on, number('socket'), [family]), refused(97))
    })

    it(`lets a debugger at every process but the first, on ${name}`, () => {
      assert.equal(call(on, number('ptrace'), [16, 1]), refused(1))
      assert.equal(call(on, number('ptrace'), [16, 2]), ALLOWED)
      // The request is no process: PTRACE_PEEKTEXT is 1.
      assert.equal(call(on, number('ptrace'), [1, 2]), ALLOWED)
      for (const each of ['process_vm_readv', 'process_vm_writev']) {
        assert.equal(call(on, number(each), [1]), refused(1))
        assert.equal(call(on, number(each), [7]), ALLOWED)
      }
    })

    it(`refuses what goes past it, and lets everything else be, on ${name}`, () => {
      for (const each of ['add_key', 'request_key', 'keyctl', 'io_uring_setup', 'pidfd_getfd'])
        assert.equal(call(on, number(each)), refused(38))
      assert.equal(call(on, number('syslog')), refused(1))
      for (const each of [0, 1, 56, 59, 63, 64, 93, 221, 435, 439]) assert.equal(call(on, each), ALLOWED)
    })

    it(`takes no call by other numbers than those of ${name}`, () => {
      assert.equal(call(on, 1, [], 0x40000003), refused(38))
      assert.equal(call(on, 0x40000000 + number('socket'), [AF_VSOCK]), refused(38))
    })
  }
})
