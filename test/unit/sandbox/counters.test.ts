import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CgroupLayout, Hierarchy } from '../../../src/sandbox/local/cgroup-layout.ts'
import { keyed, readCounters } from '../../../src/sandbox/local/counters.ts'

const hierarchy = (version: 1 | 2): Hierarchy => ({ version, root: '/', controllers: [] })
const of = (version: 1 | 2): CgroupLayout => {
  const one = hierarchy(version)
  return { memory: one, cpu: one, cpuacct: one, pids: one, kill: one }
}

const reading = (files: Readonly<Record<string, string>>) => async (_: string, file: string) =>
  files[file] ?? null

const V1 = {
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  'memory.max_usage_in_bytes': '134217728\n',
  'cpuacct.usage': '1500000000\n',
  'cpu.stat': 'nr_periods 10\nnr_throttled 3\nthrottled_time 250000000\n',
}

const V2 = {
  'memory.events': 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 2\noom_group_kill 0\n',
  'memory.peak': '134217728\n',
  'cpu.stat': 'usage_usec 1500000\nuser_usec 1\nsystem_usec 2\nnr_throttled 3\nthrottled_usec 250000\n',
}

const COUNTED = { oomKills: 2, peakMemoryBytes: 134217728, cpuSeconds: 1.5, throttledSeconds: 0.25 }

describe('the counters of a control group', () => {
  it('say the same in either version', async () => {
    assert.deepEqual(await readCounters(of(1), reading(V1)), COUNTED)
    assert.deepEqual(await readCounters(of(2), reading(V2)), COUNTED)
  })

  it('are taken each from the version that has it', async () => {
    const mixed = { ...of(2), memory: hierarchy(1) }
    assert.deepEqual(await readCounters(mixed, reading({ ...V1, ...V2 })), COUNTED)
  })

  it('are null, and never zero, where the kernel does not count', async () => {
    const nothing = { oomKills: null, peakMemoryBytes: null, cpuSeconds: null, throttledSeconds: null }
    assert.deepEqual(await readCounters(of(1), reading({})), nothing)
    assert.deepEqual(await readCounters(of(2), reading({})), nothing)
    const old = { ...V2, 'cpu.stat': 'usage_usec 1500000\n' }
    assert.equal((await readCounters(of(2), reading(old))).throttledSeconds, null)
  })

  it('are found by their whole key', () => {
    assert.equal(keyed('oom 1\noom_kill 2\n', 'oom'), 1)
    assert.equal(keyed('oom_kill_disable 0\n', 'oom_kill'), null)
    assert.equal(keyed('usage_usec many\n', 'usage_usec'), null)
    assert.equal(keyed(null, 'usage_usec'), null)
  })
})
