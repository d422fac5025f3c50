/** A rule of a profile as engines read it (Docker, "Seccomp security profiles"). */
interface Rule {
  readonly names: readonly string[]
  readonly action: 'SCMP_ACT_ERRNO'
  readonly errnoRet: number
  readonly args?: readonly {
    readonly index: number
    readonly value: number
    readonly valueTwo?: number
    readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GE' | 'SCMP_CMP_MASKED_EQ'
  }[]
}

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97]

/** Unix, IPv4, IPv6 and netlink are of the network namespace; others, as those between virtual machines, are not. */
const FAMILIES = [1, 2, 10, 16]

/** Namespaces in the flags of clone(2): time, mount, cgroup, uts, ipc, user, pid, network. */
const NAMESPACES = [...[0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]]

const refuse = (names: readonly string[], errnoRet = EPERM, args: Rule['args'] = []): Rule => ({
  ...{ names, action: 'SCMP_ACT_ERRNO', errnoRet },
  ...(args.length === 0 ? {} : { args }),
})

/** What needs a right that no command has is refused all the same: rights come back by way of namespaces. */
const PRIVILEGED = [
  ...[
    'acct',
    'bpf',
    'clock_adjtime',
    'clock_settime',
    'settimeofday',
    'adjtimex',
    'quotactl',
    'swapon',
    'swapoff',
  ],
  ...['mount', 'umount2', 'pivot_root', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'move_mount', 'open_tree'],
  ...['mount_setattr', 'name_to_handle_at', 'open_by_handle_at', 'fanotify_init', 'lookup_dcookie', 'reboot'],
  ...[
    'init_module',
    'finit_module',
    'delete_module',
    'kexec_load',
    'kexec_file_load',
    'iopl',
    'ioperm',
    'vhangup',
  ],
  ...['perf_event_open', 'userfaultfd', 'kcmp', 'syslog', 'setns', 'unshare', 'move_pages', 'nfsservctl'],
]

/**
 * What an engine's own profile leaves open differs with its age; this is the same for all, and as narrow as that of the local
 * back end: no new namespaces, no sockets that no namespace holds, no kernel keys, no io_uring, which goes past such a filter.
 */
export function seccompProfile(): { readonly defaultAction: string; readonly syscalls: readonly Rule[] } {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      refuse(PRIVILEGED),
      refuse(['add_key', 'request_key', 'keyctl', 'pidfd_getfd'], ENOSYS),
      refuse(['io_uring_setup', 'io_uring_enter', 'io_uring_register'], ENOSYS),
      // Its flags stand in memory, where no filter sees them; libraries then use clone.
      refuse(['clone3'], ENOSYS),
      ...NAMESPACES.map((value) =>
        refuse(['clone'], EPERM, [{ index: 0, value, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' }]),
      ),
      ...others().map((value) => refuse(['socket'], EAFNOSUPPORT, [{ index: 0, value, op: 'SCMP_CMP_EQ' }])),
      refuse(['socket'], EAFNOSUPPORT, [{ index: 0, value: last() + 1, op: 'SCMP_CMP_GE' }]),
    ],
  }
}

const last = (): number => Math.max(...FAMILIES)

const others = (): readonly number[] =>
  Array.from({ length: last() }, (_, family) => family).filter((family) => !FAMILIES.includes(family))
