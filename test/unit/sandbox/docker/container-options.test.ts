import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  commandOptions,
  containerOptions,
  type Place,
} from '../../../../src/sandbox/docker/container-options.ts'
import type { SandboxSpec } from '../../../../src/sandbox/sandbox.ts'

const SPEC: SandboxSpec = {
  id: 'run-1',
  image: 'task:1',
  command: ['agent', '--task', '$(rm -rf /); "quoted"'],
  env: { KEY: 'a secret', HOME: '/own' },
  workspace: '/srv/runs/1:2',
  readOnly: [{ source: '/opt/tools', target: '/tools' }],
  floor: { cpus: 0.5, memoryBytes: 1000 },
  ceiling: { cpus: 1.5, memoryBytes: 4000, pids: 100 },
  temporaryBytes: 500,
  timeoutMs: 1,
  graceMs: 1,
  gateway: null,
  stdout: { path: '/x', maxBytes: 1 },
  stderr: { path: '/y', maxBytes: 1 },
}
const PLACE: Place = { image: 'task:1', uid: 1_900_010_000, cgroupParent: '/foretoken', labels: { a: 'b' } }

const hostOf = (spec: SandboxSpec) => containerOptions(spec, PLACE).HostConfig ?? {}

describe('the container of a run', () => {
  it('has no network, no right, and nothing of its own to write but what is counted', () => {
    const host = hostOf(SPEC)
    assert.deepEqual(
      [host.NetworkMode, host.CapDrop, host.SecurityOpt?.[0], host.ReadonlyRootfs, host.Privileged],
      ['none', ['ALL'], 'no-new-privileges', true, undefined],
    )
    assert.deepEqual(host.Tmpfs, { '/tmp': 'rw,exec,nosuid,nodev,mode=1777,size=500' })
    assert.equal(host.ShmSize, 500)
  })

  it('is limited to its ceiling, with no swap beyond, and weighs as its floor', () => {
    const { Memory, MemorySwap, MemoryReservation, CpuShares, CpuPeriod, CpuQuota, PidsLimit } = hostOf(SPEC)
    assert.deepEqual([Memory, MemorySwap, MemoryReservation], [4000, 4000, 1000])
    assert.deepEqual([CpuShares, CpuPeriod, CpuQuota, PidsLimit], [512, 100_000, 150_000, 102])
  })

  it('has its floor alone where there is no ceiling', () => {
    const host = hostOf({ ...SPEC, ceiling: { cpus: null, memoryBytes: null, pids: null } })
    assert.deepEqual([host.CpuShares, host.MemoryReservation], [512, 1000])
    for (const key of ['Memory', 'MemorySwap', 'CpuQuota', 'PidsLimit']) assert.ok(!(key in host), key)
  })

  it('stays within what the kernel takes', () => {
    const host = (cpus: number) => hostOf({ ...SPEC, floor: { ...SPEC.floor, cpus } }).CpuShares
    assert.deepEqual([host(0.0001), host(5000)], [2, 262_144])
    assert.equal(hostOf({ ...SPEC, ceiling: { ...SPEC.ceiling, cpus: 0.001 } }).CpuQuota, 1000)
  })

  it('mounts paths as they are, whatever is in their names', () => {
    assert.deepEqual(hostOf(SPEC).Mounts, [
      { Type: 'bind', Source: '/srv/runs/1:2', Target: '/workspace', ReadOnly: false },
      { Type: 'bind', Source: '/opt/tools', Target: '/tools', ReadOnly: true },
    ])
  })

  it('is kept by another user than that of the command, in a group of ours', () => {
    const { User, Entrypoint, Image, Labels } = containerOptions(SPEC, PLACE)
    assert.deepEqual([User, Image, Labels], ['65534:65534', 'task:1', { a: 'b' }])
    assert.equal(Entrypoint?.[0], 'sleep')
    assert.equal(hostOf(SPEC).CgroupParent, '/foretoken')
  })
})

describe('the command in a container', () => {
  it('is passed on word by word, as the user of the run', () => {
    const { Cmd, User, WorkingDir, Tty } = commandOptions(SPEC, PLACE)
    assert.deepEqual(Cmd, SPEC.command)
    assert.deepEqual([User, WorkingDir, Tty], ['1900010000:1900010000', '/workspace', false])
  })

  it('gets what was asked for before what is usual, and the gateway only where there is one', () => {
    const env = (spec: SandboxSpec) => commandOptions(spec, PLACE).Env ?? []
    assert.ok(env(SPEC).includes('HOME=/own') && env(SPEC).includes('KEY=a secret'))
    assert.ok(!env(SPEC).some((each) => each.startsWith('FORETOKEN_GATEWAY')))
    const through = env({ ...SPEC, gateway: { socket: '/s' } })
    assert.ok(through.includes('FORETOKEN_GATEWAY=http://127.0.0.1:4000'))
  })
})
