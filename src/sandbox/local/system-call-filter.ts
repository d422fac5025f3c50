/** A processor whose system calls are known here. */
export interface Architecture {
  /** As the kernel's audit calls it (linux/audit.h). */
  readonly audit: number
  readonly calls: Readonly<Record<Call, number>>
}

type Call =
  | 'socket'
  | 'ptrace'
  | 'process_vm_readv'
  | 'process_vm_writev'
  | 'add_key'
  | 'request_key'
  | 'keyctl'
  | 'io_uring_setup'
  | 'pidfd_getfd'
  | 'syslog'

/** By the name that Node has for it. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    calls: {
      ...{ socket: 41, ptrace: 101, process_vm_readv: 310, process_vm_writev: 311 },
      ...{ add_key: 248, request_key: 249, keyctl: 250, io_uring_setup: 425, pidfd_getfd: 438, syslog: 103 },
    },
  },
  arm64: {
    audit: 0xc00000b7,
    calls: {
      ...{ socket: 198, ptrace: 117, process_vm_readv: 270, process_vm_writev: 271 },
      ...{ add_key: 217, request_key: 218, keyctl: 219, io_uring_setup: 425, pidfd_getfd: 438, syslog: 116 },
    },
  },
}

/** Unix, IPv4, IPv6 and netlink are of the network namespace; others, as those between virtual machines, are not. */
const FAMILIES = [1, 2, 10, 16] as const

/** Of the other way to make a call on x86 (x32), which would have other numbers. */
const X32_BIT = 0x40000000

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97]
const ALLOW = 0x7fff0000
const refuse = (errno: number): number => 0x00050000 + errno

/** Offsets in `struct seccomp_data`; of arguments the low half, which is all that the kernel looks at here. */
const [NUMBER, AUDIT, FIRST, SECOND] = [0, 4, 16, 24]

/** `struct sock_filter`; a jump counts the instructions that it leaves out. */
interface Instruction {
  readonly code: number
  readonly ifTrue: number
  readonly ifFalse: number
  readonly value: number
}

const load = (offset: number): Instruction => ({ code: 0x20, ifTrue: 0, ifFalse: 0, value: offset })
const give = (value: number): Instruction => ({ code: 0x06, ifTrue: 0, ifFalse: 0, value })
const equals = (value: number, ifTrue: number, ifFalse: number): Instruction => ({
  ...{ code: 0x15, ifTrue, ifFalse, value },
})
const atLeast = (value: number, ifTrue: number, ifFalse: number): Instruction => ({
  ...{ code: 0x35, ifTrue, ifFalse, value },
})

/**
 * What namespaces leave open, closed as a seccomp filter (Documentation/userspace-api/seccomp_filter): sockets of families that
 * no namespace holds, kernel keys and messages, io_uring, which would open sockets past the filter, and the sandbox's own first process.
 * Debuggers work on everything else. Programs of 32 bits do not run: their calls have other numbers.
 */
export function systemCallFilter({ audit, calls }: Architecture): Buffer {
  return encode([
    ...[load(AUDIT), equals(audit, 1, 0), give(refuse(ENOSYS))],
    ...[load(NUMBER), atLeast(X32_BIT, 0, 1), give(refuse(ENOSYS))],
    ...onCall(calls.socket, [
      load(FIRST),
      ...FAMILIES.flatMap((family) => [equals(family, 0, 1), give(ALLOW)]),
      give(refuse(EAFNOSUPPORT)),
    ]),
    ...[calls.process_vm_readv, calls.process_vm_writev].flatMap((call) =>
      onCall(call, [load(FIRST), equals(1, 0, 1), give(refuse(EPERM)), give(ALLOW)]),
    ),
    ...onCall(calls.ptrace, [load(SECOND), equals(1, 0, 1), give(refuse(EPERM)), give(ALLOW)]),
    ...[calls.add_key, calls.request_key, calls.keyctl, calls.io_uring_setup, calls.pidfd_getfd].flatMap(
      (call) => onCall(call, [give(refuse(ENOSYS))]),
    ),
    ...onCall(calls.syslog, [give(refuse(EPERM))]),
    give(ALLOW),
  ])
}

const onCall = (call: number, then: readonly Instruction[]): readonly Instruction[] => [
  equals(call, 0, then.length),
  ...then,
]

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(8 * program.length)
  program.forEach(({ code, ifTrue, ifFalse, value }, index) => {
    bytes.writeUInt16LE(code, 8 * index)
    bytes.writeUInt8(ifTrue, 8 * index + 2)
    bytes.writeUInt8(ifFalse, 8 * index + 3)
    bytes.writeUInt32LE(value, 8 * index + 4)
  })
  return bytes
}
