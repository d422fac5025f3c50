import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CgroupLayout, Hierarchy } from '../../../src/sandbox/local/cgroup-layout.ts'
import { limitWrites, parentWrites } from '../../../src/sandbox/local/limits.ts'

const of = (version: 1 | 2): CgroupLayout => {
  const one: Hierarchy = { version, root: '/sys/fs/cgroup', controllers: [] }
  return { memory: one, cpu: one, cpuacct: one, pids: one, kill: one }
}

const floor = { cpus: 1.5, memoryBytes: 1000 }
const ceiling = { cpus: 3, memoryBytes: 4000, pids: 100 }
const uncapped = { cpus: null, memoryBytes: null, pids: null }

const lines = (layout: CgroupLayout, to: { ceiling: typeof ceiling | typeof uncapped } = { ceiling }) =>
  limitWrites({ floor, ...to }, layout).map(
    ({ file, value, optional }) => `${file}${optional ? '?' : ''} ${value}`,
  )

describe('floor and ceiling', () => {
  it('are files of version 1', () => {
    assert.deepEqual(lines(of(1)), [
      'memory.limit_in_bytes 4000',
      'memory.memsw.limit_in_bytes? 4000',
      'memory.soft_limit_in_bytes? 1000',
      'cpu.shares 1536',
      'cpu.cfs_period_us 100000',
      'cpu.cfs_quota_us 300000',
      'pids.max 102',
    ])
  })

  it('are files of version 2', () => {
    assert.deepEqual(lines(of(2)), [
      'memory.max 4000',
      'memory.swap.max? 0',
      'memory.low 1000',
      'cpu.weight 150',
      'cpu.max 300000 100000',
      'pids.max 102',
    ])
  })

  it('are the floor alone where there is no ceiling', () => {
    assert.deepEqual(lines(of(1), { ceiling: uncapped }), [
      'memory.soft_limit_in_bytes? 1000',
      'cpu.shares 1536',
    ])
    assert.deepEqual(lines(of(2), { ceiling: uncapped }), ['memory.low 1000', 'cpu.weight 150'])
  })

  it('are each of the version that has their controller', () => {
    const mixed = { ...of(2), memory: of(1).memory }
    assert.ok(lines(mixed).includes('memory.limit_in_bytes 4000'))
    assert.ok(lines(mixed).includes('cpu.max 300000 100000'))
  })

  it('stay within what the kernel takes', () => {
    const tiny = { floor: { cpus: 0.0001, memoryBytes: 0 }, ceiling: { ...ceiling, cpus: 0.001 } }
    const values = (version: 1 | 2, spec = tiny) =>
      Object.fromEntries(limitWrites(spec, of(version)).map(({ file, value }) => [file, value]))
    assert.equal(values(1)['cpu.shares'], '2')
    assert.equal(values(1)['cpu.cfs_quota_us'], '1000')
    assert.equal(values(2)['cpu.weight'], '1')
    const vast = { ...tiny, floor: { cpus: 5000, memoryBytes: 0 } }
    assert.equal(values(1, vast)['cpu.shares'], '262144')
    assert.equal(values(2, vast)['cpu.weight'], '10000')
  })

  it('weigh ten times what the machine has, for all sandboxes together', () => {
    const said = (version: 1 | 2) => parentWrites(2, of(version)).map(({ file, value }) => `${file} ${value}`)
    assert.deepEqual(said(1), ['cpu.shares 20480'])
    assert.deepEqual(said(2), ['cpu.weight 2000', 'memory.low max'])
  })
})
