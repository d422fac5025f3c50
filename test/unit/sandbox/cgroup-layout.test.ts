import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Hierarchy, layOut, parseHierarchies } from '../../../src/sandbox/local/cgroup-layout.ts'

const v1 = (...controllers: string[]): Hierarchy => ({
  version: 1,
  root: `/sys/fs/cgroup/${controllers.join(',')}`,
  controllers,
})
const v2 = (...controllers: string[]): Hierarchy => ({ version: 2, root: '/sys/fs/cgroup', controllers })

describe('the control groups of a machine', () => {
  it('are read from its mounts, whatever else is mounted and however paths are written', () => {
    const mounts = [
      '23 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
      '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct',
      '41 31 0:38 / /sys/fs/my\\040groups rw - cgroup2 cgroup2 rw,nsdelegate',
      '',
    ]
    assert.deepEqual(parseHierarchies(mounts.join('\n')), [
      { version: 1, root: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['rw', 'cpu', 'cpuacct'] },
      { version: 2, root: '/sys/fs/my groups', controllers: [] },
    ])
  })

  it('are all of version 2 where it has the controllers', () => {
    const only = v2('cpuset', 'cpu', 'io', 'memory', 'pids')
    assert.deepEqual(layOut([only]), { memory: only, cpu: only, cpuacct: only, pids: only, kill: only })
  })

  it('are of version 1 on hybrid hosts, where one more of version 2 would be slow to join', () => {
    const [memory, cpu, pids, freezer] = [v1('memory'), v1('cpu', 'cpuacct'), v1('pids'), v1('freezer')]
    const unified = v2('hugetlb')
    assert.deepEqual(layOut([memory, cpu, pids, freezer, unified]), {
      ...{ memory, cpu, cpuacct: cpu, pids, kill: freezer },
    })
    assert.deepEqual(layOut([memory, cpu, pids, unified]), {
      ...{ memory, cpu, cpuacct: cpu, pids, kill: unified },
    })
  })

  it('are complained of one by one, with what to do', () => {
    const complaints = layOut([v1('cpu', 'cpuacct')])
    assert.ok(Array.isArray(complaints))
    assert.deepEqual(
      complaints.map(({ missing }) => missing),
      [
        'control groups: no memory controller',
        'control groups: no pids controller',
        'control groups: neither version 2 nor the freezer',
      ],
    )
    assert.ok(complaints.every(({ fix }) => fix.includes('/sys/fs/cgroup')))
  })
})
